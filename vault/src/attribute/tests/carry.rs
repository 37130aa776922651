//! Real rows go in and come out unchanged: fit feedback of a rental house, and transactions of a shop.

use serde_json::{Value, json};

use super::{attribute, shared};

/// A row of the RentTheRunway fit data (Misra, Wan, McAuley, RecSys 2018), without the customer's own number.
#[derive(Clone, Debug, PartialEq, Default)]
struct FitRow {
    fit: String,
    item: i64,
    weight_lbs: Option<f64>,
    rating: Option<i64>,
    rented_for: Option<String>,
    body_type: Option<String>,
    category: String,
    size: i64,
    age: Option<f64>,
    reviewed_on: String,
    bust: Option<(i64, String)>,
    height_in: Option<f64>,
    recommended: bool,
}

/// The records that carry a row.
fn records(row: &FitRow) -> Vec<(&'static str, Value)> {
    let on = &row.reviewed_on;
    let mut fit = json!({
        "reviewed_on": on, "fit": row.fit, "recommended": row.recommended,
        "item": { "id": row.item.to_string(), "category": row.category },
        "size": { "system": "vendor", "size": row.size.to_string() },
    });
    if let Some(rating) = row.rating {
        fit["rating"] = rating.into();
    }
    if let Some(occasion) = &row.rented_for {
        fit["rented_for"] = occasion.as_str().into();
    }
    let mut records = vec![("purchase.fit", fit)];
    if let Some(weight) = row.weight_lbs {
        records.push(("body.weight", json!({ "value": weight, "unit": "lb", "measured_on": on })));
    }
    if let Some(height) = row.height_in {
        records.push(("body.height", json!({ "value": height, "unit": "in", "measured_on": on })));
    }
    if let Some(shape) = &row.body_type {
        records.push(("body.shape", json!({ "shape": shape, "stated_on": on })));
    }
    if let Some((band, cup)) = &row.bust {
        records.push(("body.bra_size", json!({ "system": "US", "band": band, "cup": cup.to_uppercase(), "stated_on": on })));
    }
    if let Some(age) = row.age {
        records.push(("identity.age", json!({ "years": age as i64, "stated_on": on })));
    }
    records
}

fn row(records: &[(&str, Value)]) -> FitRow {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let number = |value: &Value| value.as_str().and_then(|digits| digits.parse().ok()).expect("digits");
    let mut row = FitRow::default();
    for (name, value) in records {
        match *name {
            "purchase.fit" => {
                row.fit = text(&value["fit"]).expect("needed");
                row.item = number(&value["item"]["id"]);
                row.category = text(&value["item"]["category"]).expect("written");
                row.size = number(&value["size"]["size"]);
                row.rating = value["rating"].as_i64();
                row.rented_for = text(&value["rented_for"]);
                row.recommended = value["recommended"] == true;
                row.reviewed_on = text(&value["reviewed_on"]).expect("written");
            }
            "body.weight" => row.weight_lbs = value["value"].as_f64(),
            "body.height" => row.height_in = value["value"].as_f64(),
            "body.shape" => row.body_type = text(&value["shape"]),
            "body.bra_size" => {
                row.bust = Some((value["band"].as_i64().expect("band"), text(&value["cup"]).expect("cup").to_lowercase()));
            }
            "identity.age" => row.age = value["years"].as_f64(),
            other => panic!("{other} is not part of a row"),
        }
    }
    row
}

/// The vocabulary and the extremes of the whole data set: 192,544 rows, counted apart from this test.
#[test]
fn fit_feedback_rows_are_carried_without_loss() {
    let full = FitRow {
        fit: "fit".into(),
        item: 2_260_466,
        weight_lbs: Some(137.0),
        rating: Some(10),
        rented_for: Some("vacation".into()),
        body_type: Some("hourglass".into()),
        category: "romper".into(),
        size: 14,
        age: Some(28.0),
        reviewed_on: "2016-04-20".into(),
        bust: Some((34, "d".into())),
        height_in: Some(68.0),
        recommended: true,
    };
    let bare = FitRow {
        weight_lbs: None,
        rating: None,
        rented_for: None,
        body_type: None,
        age: None,
        bust: None,
        height_in: None,
        ..full.clone()
    };
    let mut rows = vec![full.clone(), bare];
    let mut vary = |change: &dyn Fn(&mut FitRow)| {
        let mut row = full.clone();
        change(&mut row);
        rows.push(row);
    };
    for word in ["small", "fit", "large"] {
        vary(&|row| row.fit = word.into());
    }
    for word in ["wedding", "formal affair", "party", "everyday", "other", "work", "date", "vacation"] {
        vary(&|row| row.rented_for = Some(word.into()));
    }
    for word in ["hourglass", "athletic", "pear", "petite", "full bust", "straight & narrow", "apple"] {
        vary(&|row| row.body_type = Some(word.into()));
    }
    for word in ["dress", "t-shirt", "shirtdress", "buttondown"] {
        vary(&|row| row.category = word.into());
    }
    for cup in ["aa", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j"] {
        vary(&|row| row.bust = Some((34, cup.into())));
    }
    for band in [28, 48] {
        vary(&|row| row.bust = Some((band, "c".into())));
    }
    for rating in [2, 4, 6, 8, 10] {
        vary(&|row| row.rating = Some(rating));
    }
    for size in [0, 58] {
        vary(&|row| row.size = size);
    }
    for age in [0.0, 117.0] {
        vary(&|row| row.age = Some(age));
    }
    for weight in [50.0, 300.0] {
        vary(&|row| row.weight_lbs = Some(weight));
    }
    for height in [54.0, 78.0] {
        vary(&|row| row.height_in = Some(height));
    }
    for row_in in rows {
        let records = records(&row_in);
        for (name, value) in &records {
            assert_eq!(attribute(name).validate(value), Ok(()), "{name} {value}");
            let time = attribute(name).time(value).expect("the review date is each record's own time");
            assert!(time.to_string().starts_with(&row_in.reviewed_on), "{name}");
        }
        assert_eq!(row(&records), row_in);
    }
}

/// `customer, date as YYYYMMDD, number of CDs, dollars`: the customer is whose record it is, the rest is the basket.
fn basket(date: &str, quantity: &str, dollars: &str) -> Value {
    let (whole, cents) = dollars.split_once('.').expect("two decimals");
    let minor = whole.parse::<i64>().expect("dollars") * 100 + cents.parse::<i64>().expect("cents");
    json!({
        "bought_on": format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..]),
        "quantity": quantity.parse::<i64>().expect("number"),
        "amount": { "minor": minor, "currency": "USD" },
    })
}

fn line(basket: &Value) -> (String, String, String) {
    let minor = basket["amount"]["minor"].as_i64().expect("minor");
    let date = basket["bought_on"].as_str().expect("date").replace('-', "");
    (date, basket["quantity"].to_string(), format!("{}.{:02}", minor / 100, minor % 100))
}

fn carries(date: &str, quantity: &str, dollars: &str) {
    let value = basket(date, quantity, dollars);
    assert_eq!(attribute("purchase.basket").validate(&value), Ok(()), "{date} {quantity} {dollars}");
    assert_eq!(line(&value), (date.to_owned(), quantity.to_owned(), dollars.to_owned()));
}

#[test]
fn shop_transactions_are_carried_without_loss() {
    for (date, quantity, dollars) in
        [("19970101", "1", "11.77"), ("19970112", "5", "77.00"), ("19980630", "99", "1286.01"), ("19970202", "1", "0.00")]
    {
        carries(date, quantity, dollars);
    }
    let item =
        json!({ "bought_on": "1997-01-01", "quantity": 1, "item": { "category": "cd" }, "amount": { "minor": 1_177, "currency": "USD" } });
    assert_eq!(attribute("purchase.item").validate(&item), Ok(()));
}

#[test]
fn every_cdnow_transaction_is_carried_without_loss() {
    let Some(text) = shared("data/cdnow/CDNOW_master.txt", "the CDNOW round trip") else { return };
    let mut carried = 0;
    for row in text.lines().skip(1) {
        let [_, date, quantity, dollars] = row.split_whitespace().collect::<Vec<_>>()[..] else { continue };
        carries(date, quantity, dollars);
        carried += 1;
    }
    assert_eq!(carried, 69_659);
}
