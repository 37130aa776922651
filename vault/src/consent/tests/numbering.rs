use super::fixtures::{Catalogue, canonical, changed, item};
use crate::consent::narrows;
use crate::consent::numbering::as_sent;
use crate::consent::terms::{Item, Terms, View};
use crate::consent::violation::Violation;

fn with(items: Vec<Item>) -> Terms {
    changed(|terms| terms.items = items)
}

/// The fields in which these terms give more than the fixture's, numbered as in them.
fn excess(sent: &Terms) -> Vec<String> {
    let granted = canonical(sent);
    let found = narrows(&canonical(&changed(|_| {})), &granted).expect_err("gives more");
    as_sent(&found, sent, &granted, &Catalogue).into_iter().map(|violation| violation.field).collect()
}

#[test]
fn an_item_is_named_by_its_place_among_those_that_were_sent() {
    let watch = item("purchase.watch", View::Raw, false);
    let shoe = item("body.shoe_size", View::Raw, true);
    let city = item("profile.city", View::Raw, false);
    assert_eq!(excess(&with(vec![watch.clone(), shoe.clone(), city.clone()])), ["terms.items[2].view"]);
    assert_eq!(excess(&with(vec![city.clone(), watch.clone(), shoe.clone()])), ["terms.items[0].view"]);
    let needed = Item { needed: true, ..watch };
    assert_eq!(excess(&with(vec![needed, city, shoe])), ["terms.items[1].view", "terms.items[0].needed"]);
}

#[test]
fn what_came_of_a_family_is_named_by_the_item_that_names_the_family() {
    let sent = with(vec![item("purchase.*", View::Raw, false), item("body.shoe_size", View::Raw, true)]);
    // Jewels and leather were not asked for; watches were.
    assert_eq!(excess(&sent), ["terms.items[0].attribute", "terms.items[0].attribute"]);
    let twice = with(vec![item("purchase.jewel", View::Raw, false), item("purchase.*", View::Raw, false)]);
    assert_eq!(excess(&twice), ["terms.items[0].attribute", "terms.items[1].attribute"]);
}

#[test]
fn other_fields_and_other_roots_stay_as_they_are() {
    let sent = with(vec![item("purchase.watch", View::Raw, false), item("body.shoe_size", View::Raw, true)]);
    let fields = |field: &str| {
        let violation = Violation::new(field, "REASON", "A sentence.");
        let told = as_sent(std::slice::from_ref(&violation), &sent, &canonical(&sent), &Catalogue).remove(0);
        assert_eq!((told.reason, told.description.as_str()), ("REASON", "A sentence."));
        told.field
    };
    assert_eq!(fields("auto_accept.items[0].view"), "auto_accept.items[1].view");
    for same in ["terms.items", "terms.uses", "terms.onward[0]", "terms.items[7].view", "terms.items[x].view", "terms.items[0"] {
        assert_eq!(fields(same), same);
    }
}
