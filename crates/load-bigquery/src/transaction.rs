//! Transactions that change the rows of a dataset, as scripts.

use catchment_load::sql::{DatasetName, Dialect as _, Statement};
use catchment_load::{ApplyStep, TreeChange};
use catchment_schema::LOADS_TABLE;

use crate::applied_trees::{self, LoadNames};
use crate::destination::CAPABILITIES;
use crate::dialect::{BigQueryDialect, LOCK_TABLE};
use crate::script::{LoggedLoads, MAX_SCRIPT, Script};

/// The number of tables that each transaction can change besides those with rows: system tables, the lock and
/// [`applied_trees::APPLIED_TABLE`].
const OTHER_TABLES: usize = 5;

/// The length of statements in a transaction besides those of trees and `confirm`, at most.
const OTHER_STATEMENTS: usize = 64 << 10;

/// The changes of one transaction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Transaction<'t> {
    pub(crate) trees: &'t [TreeChange],
    /// Whether the load has other transactions.
    pub(crate) is_divided: bool,
    /// Whether this is the first of several.
    pub(crate) begins: bool,
    /// What the last transaction stores: schema, state and load.
    pub(crate) confirm: Option<&'t [Statement]>,
}

/// Divides changes into transactions, in order: by the number of tables, and by the length of the statements. The error is
/// the reason why the changes of one tree exceed a limit. `has_applied` is true if an earlier transaction of the load has
/// changed other trees.
pub(crate) fn divide<'t>(
    trees: &'t [TreeChange],
    confirm: &'t [Statement],
    has_applied: bool,
) -> Result<Vec<Transaction<'t>>, String> {
    let max_tables = CAPABILITIES.max_tables_in_transaction.unwrap_or(usize::MAX) - OTHER_TABLES;
    let of_confirm: usize = confirm.iter().map(|statement| statement.sql.len()).sum();
    let max_bytes = MAX_SCRIPT - OTHER_STATEMENTS;
    if of_confirm > max_bytes {
        return Err(format!(
            "schema and state have {of_confirm} bytes, and BigQuery accepts scripts of 1 MiB: the tables have too many columns; \
             store nested objects as JSON (`data_type: json` in `columns`, or `max_table_nesting`)"
        ));
    }
    let mut ends = Vec::new();
    let (mut tables, mut bytes) = (0, 0);
    for (number, tree) in trees.iter().enumerate() {
        let (of_tree, length) = (tables_of(tree), length(tree));
        if of_tree > max_tables {
            return Err(format!(
                "table `{}` needs a transaction of {of_tree} tables, with its child tables and temporary tables, and BigQuery \
                 allows {max_tables} besides the system tables; store nested lists as JSON (`max_table_nesting`)",
                tree.root
            ));
        }
        if length > max_bytes {
            return Err(format!(
                "the statements for table `{}` have {length} bytes, and BigQuery accepts scripts of 1 MiB: the table has too many \
                 columns; store nested objects as JSON (`data_type: json` in `columns`, or `max_table_nesting`)",
                tree.root
            ));
        }
        if tables + of_tree > max_tables || bytes + length > max_bytes {
            ends.push(number);
            (tables, bytes) = (0, 0);
        }
        tables += of_tree;
        bytes += length;
    }
    // What the last transaction stores can need one without trees.
    if bytes + of_confirm > max_bytes {
        ends.push(trees.len());
    }
    let is_divided = has_applied || !ends.is_empty();
    let mut begin = 0;
    let mut transaction = |end: usize, confirm| {
        let trees = trees.get(begin..end).unwrap_or_default();
        let begins = begin == 0 && is_divided && !has_applied;
        begin = end;
        Transaction { trees, is_divided, begins, confirm }
    };
    let mut transactions: Vec<Transaction<'_>> = ends.into_iter().map(|end| transaction(end, None)).collect();
    transactions.push(transaction(trees.len(), Some(confirm)));
    Ok(transactions)
}

/// Returns the number of tables that the changes of a tree need, with temporary tables.
fn tables_of(tree: &TreeChange) -> usize {
    let temporary = statements(tree).filter(|statement| statement.sql.starts_with("CREATE TEMP TABLE")).count();
    tree.tables.len() + temporary
}

fn length(tree: &TreeChange) -> usize {
    tree.declare.iter().chain(statements(tree)).map(|statement| statement.sql.len() + 2).sum()
}

fn statements(tree: &TreeChange) -> impl Iterator<Item = &Statement> {
    tree.steps.iter().filter_map(|step| match step {
        ApplyStep::Execute(statement) => Some(statement),
        // BigQuery does not insert record batches.
        ApplyStep::Write(_) => None,
    })
}

impl Transaction<'_> {
    /// Returns the script. It changes nothing if the dataset has other loads than `loads`, which the plan is for, or if the
    /// trees are changed already: then either this load was repeated, or the plan is outdated.
    pub(crate) fn script(&self, dataset: &DatasetName, load: LoadNames<'_>, loads: &LoggedLoads) -> Script {
        let load_id = load.load_id;
        let mut script = Script::default();
        self.trees.iter().flat_map(|tree| &tree.declare).for_each(|statement| script.push(statement));
        script.push(&Statement::new("begin a transaction", "BEGIN TRANSACTION"));
        script.push(&Statement::new("exclude other loads", conflict(dataset, load_id, loads)));
        let roots = || self.trees.iter().map(|tree| tree.root.as_str());
        let is_new = (self.is_divided && !self.trees.is_empty()).then(|| applied_trees::none_of(dataset, load_id, roots()));
        script.begin_if_unchanged(dataset, loads, is_new.as_deref());
        self.trees.iter().flat_map(statements).for_each(|statement| script.push(statement));
        if self.begins {
            script.push(&applied_trees::begin_load(dataset, load));
        }
        match self.confirm {
            None => script.push(&applied_trees::insert(dataset, load, roots())),
            Some(confirm) => {
                if self.is_divided {
                    applied_trees::delete(dataset, load_id).iter().for_each(|statement| script.push(statement));
                }
                confirm.iter().for_each(|statement| script.push(statement));
            }
        }
        script.end_if();
        script.push(&Statement::new("commit", "COMMIT TRANSACTION"));
        script
    }
}

/// Updates a row that all loads update: inserts of several transactions do not conflict.
fn conflict(dataset: &DatasetName, load_id: &str, loads: &LoggedLoads) -> String {
    let literal = |text: &str| BigQueryDialect.text_literal(text);
    match &loads.last {
        Some(last) => {
            let table = dataset.table(&BigQueryDialect, LOADS_TABLE);
            format!("UPDATE {table} SET status = status WHERE load_id = {}", literal(last))
        }
        None => {
            let lock = dataset.table(&BigQueryDialect, LOCK_TABLE);
            format!("UPDATE {lock} SET load_id = {} WHERE TRUE", literal(load_id))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dataset() -> DatasetName {
        DatasetName::new(&BigQueryDialect, None, "d")
    }

    const LOAD: LoadNames<'static> = LoadNames { load_id: "2.5", pipeline: "p", schema: "s" };

    fn tree(root: &str, children: usize, sql: &str) -> TreeChange {
        let child = |number| format!("{root}__{number}");
        TreeChange {
            root: root.to_owned(),
            tables: (0..children).map(child).chain([root.to_owned()]).collect(),
            declare: Vec::new(),
            steps: vec![ApplyStep::Execute(Statement::new(format!("insert rows into table `{root}`"), sql))],
        }
    }

    fn confirm() -> Vec<Statement> {
        vec![Statement::new("insert a row into `_dlt_loads`", "INSERT INTO l VALUES (3)")]
    }

    #[test]
    fn a_transaction_changes_nothing_if_other_loads_were_logged() {
        let loads = LoggedLoads { count: 7, complete: 6, last: Some("1.5".to_owned()) };
        let declare = vec![Statement::new("merge", "DECLARE v INT64")];
        let trees = [TreeChange { declare, ..tree("a", 0, "INSERT INTO a\nSELECT 1") }, tree("b", 0, "INSERT INTO b SELECT 2")];
        let confirm = confirm();
        let [one] = divide(&trees, &confirm, false).unwrap()[..] else { panic!() };
        insta::assert_snapshot!(one.script(&dataset(), LOAD, &loads).sql, @r#"
        DECLARE v INT64;
        BEGIN TRANSACTION;
        UPDATE `d`.`_dlt_loads` SET status = status WHERE load_id = '1.5';
        IF (SELECT COUNT(*) = 7 AND COUNTIF(status = 0) = 6 FROM `d`.`_dlt_loads`) THEN
        INSERT INTO a
        SELECT 1;
        INSERT INTO b SELECT 2;
        INSERT INTO l VALUES (3);
        END IF;
        COMMIT TRANSACTION;
        "#);
        let first = one.script(&dataset(), LOAD, &LoggedLoads::default());
        insta::assert_snapshot!(first.sql.lines().nth(2).unwrap(), @r#"UPDATE `d`.`_catchment_staging_lock` SET load_id = '2.5' WHERE TRUE;"#);
    }

    #[test]
    fn a_divided_load_records_what_it_has_changed() {
        let loads = LoggedLoads { count: 7, complete: 6, last: Some("1.5".to_owned()) };
        let (trees, confirm) = ([tree("a", 60, "INSERT a"), tree("b", 60, "INSERT b")], confirm());
        let scripts: Vec<String> = divide(&trees, &confirm, false)
            .unwrap()
            .iter()
            .map(|transaction| transaction.script(&dataset(), LOAD, &loads).sql)
            .collect();
        insta::assert_snapshot!(scripts.join("--\n"), @r#"
        BEGIN TRANSACTION;
        UPDATE `d`.`_dlt_loads` SET status = status WHERE load_id = '1.5';
        IF (SELECT COUNT(*) = 7 AND COUNTIF(status = 0) = 6 FROM `d`.`_dlt_loads`) AND NOT EXISTS (SELECT 1 FROM `d`.`_catchment_applied` WHERE load_id = '2.5' AND table_name IN ('a')) THEN
        INSERT a;
        INSERT INTO `d`.`_dlt_loads` (load_id, schema_name, status, inserted_at) VALUES ('2.5', 's', 1, CURRENT_TIMESTAMP());
        INSERT INTO `d`.`_catchment_applied` (load_id, pipeline_name, table_name) VALUES ('2.5', 'p', 'a');
        END IF;
        COMMIT TRANSACTION;
        --
        BEGIN TRANSACTION;
        UPDATE `d`.`_dlt_loads` SET status = status WHERE load_id = '1.5';
        IF (SELECT COUNT(*) = 7 AND COUNTIF(status = 0) = 6 FROM `d`.`_dlt_loads`) AND NOT EXISTS (SELECT 1 FROM `d`.`_catchment_applied` WHERE load_id = '2.5' AND table_name IN ('b')) THEN
        INSERT b;
        DELETE FROM `d`.`_catchment_applied` WHERE load_id = '2.5';
        DELETE FROM `d`.`_dlt_loads` WHERE load_id = '2.5' AND status = 1;
        INSERT INTO l VALUES (3);
        END IF;
        COMMIT TRANSACTION;
        "#);
    }

    #[test]
    fn changes_are_divided_by_tables_and_length() {
        let long = "x".repeat(400_000);
        let check = |trees: &[TreeChange], is_divided: bool| match divide(trees, &confirm(), is_divided) {
            Ok(all) => {
                let roots = |one: &Transaction<'_>| one.trees.iter().map(|tree| tree.root.as_str()).collect::<Vec<_>>().join(" ");
                let text: Vec<String> = all.iter().map(|one| format!("{} {}", roots(one), one.is_divided)).collect();
                text.join(", ")
            }
            Err(reason) => reason,
        };
        assert_eq!(check(&[], false), " false");
        assert_eq!(check(&[], true), " true");
        assert_eq!(check(&[tree("a", 93, ""), tree("b", 0, "")], false), "a b false");
        assert_eq!(check(&[tree("a", 93, "CREATE TEMP TABLE t"), tree("b", 0, "")], false), "a true, b true");
        assert_eq!(
            check(&[tree("a", 94, ""), tree("b", 40, ""), tree("c", 50, ""), tree("d", 9, "")], false),
            "a true, b c true, d true"
        );
        assert_eq!(check(&[tree("a", 0, &long), tree("b", 0, &long), tree("c", 0, &long)], false), "a b true, c true");
        assert_eq!(check(&[tree("a", 0, &long.repeat(2)), tree("b", 0, &long)], false), "a true, b true");
        let large = [Statement::new("insert a row into `_dlt_version`", "x".repeat(800_000))];
        let found: Vec<usize> =
            divide(&[tree("a", 0, &long)], &large, false).unwrap().iter().map(|one| one.trees.len()).collect();
        assert_eq!(found, [1, 0]);
        insta::assert_snapshot!(check(&[tree("a", 95, "")], false), @r#"table `a` needs a transaction of 96 tables, with its child tables and temporary tables, and BigQuery allows 95 besides the system tables; store nested lists as JSON (`max_table_nesting`)"#);
        insta::assert_snapshot!(check(&[tree("a", 0, &long.repeat(3))], false), @r#"the statements for table `a` have 1200002 bytes, and BigQuery accepts scripts of 1 MiB: the table has too many columns; store nested objects as JSON (`data_type: json` in `columns`, or `max_table_nesting`)"#);
    }
}
