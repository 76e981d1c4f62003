//! One package, one transaction.

use catchment_load_package::SealedPackage;
use catchment_schema::LOADS_TABLE;

use super::DuckDbOptions;
use super::connect::{self, Session};
use super::transaction::Transaction;
use crate::sql::text_literal;
use crate::{Cancelled, LoadError, Loaded};

pub(super) fn load(options: &DuckDbOptions, package: &SealedPackage, cancelled: Cancelled<'_>) -> Result<Loaded, LoadError> {
    let session = connect::open(options, cancelled)?;
    let transaction = Transaction { session: &session, dataset: session.dataset(&package.begin().dataset), package, cancelled };
    #[cfg(feature = "failpoints")]
    fail::fail_point!("load::opened");
    if options.threads.is_none() {
        // Each thread has buffers of its own, and joins of many rows ran out of memory with as many threads as cores.
        session.run("use one thread", "SET threads = 1")?;
    }
    session.run("begin a transaction", "BEGIN TRANSACTION")?;
    #[cfg(feature = "failpoints")]
    fail::fail_point!("load::begun");
    match transaction.apply() {
        Ok(Loaded::Before) => {
            session.run("roll back", "ROLLBACK")?;
            Ok(Loaded::Before)
        }
        Ok(Loaded::Now) => commit(options, session, package),
        Err(error) => {
            // Closing the connection rolls back as well; the first error is the one to tell.
            let _ = session.run("roll back", "ROLLBACK");
            Err(error)
        }
    }
}

/// DuckDB's COMMIT of an aborted transaction reports success, and an answer may be lost: what counts is whether the
/// package is logged afterwards.
fn commit(options: &DuckDbOptions, session: Session, package: &SealedPackage) -> Result<Loaded, LoadError> {
    #[cfg(feature = "failpoints")]
    fail::fail_point!("load::applied");
    let committed = session.run("commit", "COMMIT");
    #[cfg(feature = "failpoints")]
    fail::fail_point!("load::committed");
    let session = match &committed {
        Ok(()) => session,
        Err(_) => {
            drop(session);
            connect::open(options, &|| false)?
        }
    };
    match committed {
        _ if is_logged(&session, package)? => Ok(Loaded::Now),
        Err(error) => Err(error),
        Ok(()) => Err(LoadError::Refused {
            step: "commit".to_owned(),
            location: session.location().to_owned(),
            reason: "the transaction had been aborted".to_owned(),
            terminal: false,
        }),
    }
}

/// Whether the dataset has the package.
pub(super) fn is_logged(session: &Session, package: &SealedPackage) -> Result<bool, LoadError> {
    let begin = package.begin();
    let dataset = session.dataset(&begin.dataset);
    if !session.has_table(dataset, LOADS_TABLE)? {
        return Ok(false);
    }
    let sql = format!("SELECT load_id FROM {} WHERE load_id = {}", dataset.table(LOADS_TABLE), text_literal(&begin.load_id));
    Ok(!session.texts("look for the load", &sql)?.is_empty())
}
