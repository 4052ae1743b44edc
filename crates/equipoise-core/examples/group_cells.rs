//! Groups of people as plain values: attributes, the cells of their intersection, and an encoder
//! that is fitted on some rows and used on others.

#![expect(clippy::print_stdout, reason = "an example shows its result")]

use equipoise_core::{
    Column, ColumnValues, Error, FeatureEncoder, GroupAttribute, GroupColumns, GroupSchema, Table,
};

fn main() -> Result<(), Error> {
    let schema = GroupSchema::new(vec![
        GroupAttribute::new("sex", ["Female", "Male"])?,
        GroupAttribute::new("age", ["<45", "45+"])?,
    ])?;
    let people = GroupColumns::new(schema, vec![vec![0, 0, 1, 1, 1], vec![0, 1, 0, 0, 1]])?;
    let cells = people.cells();
    for cell in 0..people.schema().cell_count() {
        let rows = cells.iter().filter(|&&c| c as usize == cell).count();
        println!("{:?}: {rows} rows", people.schema().describe(cell));
    }

    let table = Table::new(vec![Column {
        name: "hours".to_owned(),
        values: ColumnValues::Number(vec![Some(20.0), Some(40.0), None, Some(60.0), Some(40.0)]),
    }])?;
    // Rows 3 and 4 stay unseen.
    let encoder = FeatureEncoder::fit(&table, &[0, 1, 2], &["hours"])?;
    let encoded = encoder.encode(&table)?;
    for row in 0..encoded.rows {
        println!("row {row}: hours, missing = {:?}", encoded.numeric_row(row));
    }
    Ok(())
}
