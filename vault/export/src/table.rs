//! `events.csv`: the entries as a table (RFC 4180, UTF-8, with a header), for people with a spreadsheet.
//!
//! A cell that a spreadsheet could take for a formula is written behind an apostrophe.

use coffret_ledger::Leaf;

use crate::Details;
use crate::encoding::hex;

/// The first row.
pub(crate) const HEADER: &str = "index,id,commitment,type,time,stream,sequence,role,name,brand,grant,request,purpose,attributes,records,\
     reason,advisor,result\r\n";

/// Writes the row of an entry; one without an opening has empty cells.
pub(crate) fn push_row(table: &mut String, index: u64, leaf: &Leaf, details: Option<&Details<'_>>) {
    table.push_str(&index.to_string());
    cell(table, &hex(&leaf.id));
    cell(table, &hex(&leaf.commit));
    match details {
        None => table.push_str(",sealed,,,,,,,,,,,,,,"),
        Some(details) => {
            let id = |id: Option<uuid::Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            cell(table, &details.kind);
            cell(table, &details.time);
            cell(table, &details.stream.to_string());
            cell(table, &details.sequence.to_string());
            cell(table, &details.who.role);
            cell(table, &text(&details.who.name));
            cell(table, &id(details.brand));
            cell(table, &id(details.grant));
            cell(table, &id(details.request));
            cell(table, &text(&details.purpose));
            cell(table, &details.attributes.join(" "));
            cell(table, &details.records.join(" "));
            cell(table, &text(&details.reason));
            cell(table, &text(&details.advisor));
            cell(table, &details.result);
        }
    }
    table.push_str("\r\n");
}

fn cell(table: &mut String, value: &str) {
    // What OWASP lists for CSV injection; spreadsheets pass over leading spaces.
    let formula = value.starts_with(['\t', '\r', '\n']) || value.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let quoted = value.contains(['"', ',', '\r', '\n']);
    table.push(',');
    if quoted {
        table.push('"');
    }
    if formula {
        table.push('\'');
    }
    if quoted {
        table.push_str(&value.replace('"', "\"\""));
        table.push('"');
    } else {
        table.push_str(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_where_it_must_be_and_never_a_formula() {
        for (value, written) in [
            ("plain", ",plain"),
            ("", ","),
            ("a,b", ",\"a,b\""),
            ("say \"yes\"", ",\"say \"\"yes\"\"\""),
            ("two\nlines", ",\"two\nlines\""),
            ("=1+1", ",'=1+1"),
            ("=HYPERLINK(\"x\",\"y\")", ",\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
            ("+1", ",'+1"),
            ("-1", ",'-1"),
            ("@SUM", ",'@SUM"),
            ("\tx", ",'\tx"),
            ("\r=x", ",\"'\r=x\""),
            ("  =x", ",'  =x"),
            ("＝x", ",'＝x"),
            ("2026-11-26T00:00:00Z", ",2026-11-26T00:00:00Z"),
        ] {
            let mut table = String::new();
            cell(&mut table, value);
            assert_eq!(table, written, "{value:?}");
        }
    }
}
