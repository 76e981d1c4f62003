//! `catchment check`: one page of each resource of a spec.

use anyhow::anyhow;
use catchment::rest_api::{CheckError, CheckedPage, ResourceCheck};
use serde_json::json;

use crate::args::{CheckArgs, TargetArgs};
use crate::failure::CliError;
use crate::output::Output;
use crate::run_setup::RunSetup;
use crate::runtime::build_runtime;
use crate::spec_input::SpecInput;
use crate::traffic::Traffic;

pub(crate) fn check(args: &CheckArgs, output: &Output) -> Result<(), CliError> {
    let target =
        TargetArgs { pipeline_name: args.pipeline_name.clone(), destination: None, dataset_name: None, pipelines_dir: None };
    let setup = RunSetup::load(&SpecInput::File(args.spec.clone()), &target, output)?;
    let api = setup.api(&Traffic::network())?;
    if !args.select.is_empty() {
        let selected = RunSetup::source(&api)?.select(&args.select);
        selected.map_err(|unknown| CliError::Usage(anyhow!("--select: {unknown}")))?;
    }
    let is_selected = |name: &str| args.select.is_empty() || args.select.iter().any(|selected| selected == name);
    let checks = build_runtime()?.block_on(api.check(is_selected)).map_err(|error| CliError::Usage(error.into()))?;
    if args.json {
        let checks: Vec<_> = checks.iter().map(to_json).collect();
        output.json(&serde_json::Value::Array(checks).to_string())?;
    } else {
        for check in &checks {
            output.line(check)?;
        }
    }
    let is_failed = |check: &&ResourceCheck| matches!(check.page, Err(CheckError::Failed(_)));
    let failed: Vec<_> = checks.iter().filter(is_failed).map(|check| check.name.as_str()).collect();
    match failed.as_slice() {
        [] => Ok(()),
        failed => Err(CliError::Run(anyhow!("{} of {} resources failed: {}", failed.len(), checks.len(), failed.join(", ")))),
    }
}

fn to_json(check: &ResourceCheck) -> serde_json::Value {
    let page = match &check.page {
        Ok(page) => page,
        Err(error) => return json!({"resource": check.name, "parent": check.parent, "error": error.to_string()}),
    };
    let CheckedPage { request, parent_row, status, elapsed, body_len, rows, loaded_rows, warnings, .. } = page;
    let field = |field: &catchment::rest_api::CheckedField| json!({"name": field.name, "types": field.types});
    json!({
        "resource": check.name,
        "parent": check.parent,
        "request": request,
        "parent_row": parent_row,
        "status": status,
        "milliseconds": u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        "bytes": body_len,
        "rows": rows,
        "loaded_rows": loaded_rows,
        "is_list": page.is_list,
        "data_selector": page.data_selector.as_ref().map(ToString::to_string),
        "is_data_selector_configured": page.is_data_selector_configured,
        "paginator": page.paginator,
        "is_paginator_detected": page.detected_paginator.is_some(),
        "has_next_page": page.has_next_page,
        "fields": page.fields.iter().map(field).collect::<Vec<_>>(),
        "primary_key": page.primary_key,
        "primary_key_candidates": page.primary_key_candidates,
        "cursor": page.cursor,
        "cursor_candidates": page.cursor_candidates.iter().map(|candidate| &candidate.path).collect::<Vec<_>>(),
        "warnings": warnings,
    })
}
