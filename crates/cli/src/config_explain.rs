//! `catchment config explain`: where the secrets of a spec come from.

use catchment::rest_api::{Origin, SecretOrigin};

use crate::args::ExplainArgs;
use crate::failure::Failure;
use crate::settings::Configuration;
use crate::{output, spec_file};

pub(crate) fn explain(args: &ExplainArgs) -> Result<(), Failure> {
    let spec = spec_file::read(&args.spec)?;
    let pipeline = spec_file::pipeline_name(args.pipeline_name.as_ref(), &spec, &args.spec);
    let configuration = Configuration::load()?.of_pipeline(&pipeline);
    let secrets = spec.secrets(&configuration.settings());
    if secrets.is_empty() {
        output::line(format_args!("{} has no secrets", args.spec.display()))?;
    }
    for secret in &secrets {
        output::line(Shown(secret))?;
    }
    Ok(())
}

struct Shown<'s>(&'s SecretOrigin);

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let SecretOrigin { path, origin } = self.0;
        match origin {
            Origin::Literal => {
                write!(
                    f,
                    "{path}: WARNING: it stands in the spec; write ${{env:NAME}} or ${{secret:sources.name.key}} there instead"
                )
            }
            Origin::LookedUp { reference, found } => {
                let by = reference.as_ref().map_or_else(|| "left out".to_owned(), ToString::to_string);
                match found {
                    Some(place) => write!(f, "{path}: {by}, found in {place}"),
                    None => write!(f, "{path}: {by}, found nowhere"),
                }
            }
        }
    }
}
