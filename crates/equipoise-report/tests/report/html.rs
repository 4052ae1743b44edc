//! Reading a page, as far as its tests need it.

/// The parts of a page: what stands between `<` and `>`, and the texts between those.
pub(crate) enum Part<'a> {
    Tag(&'a str),
    Text(&'a str),
}

/// Splits a page into tags and texts; style sheets count as text.
pub(crate) fn parts(page: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = page;
    while let Some(open) = rest.find('<') {
        let (text, tag) = rest.split_at(open);
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        let close = tag.find('>').expect("every `<` belongs to a tag");
        parts.push(Part::Tag(&tag[1..close]));
        rest = &tag[close + 1..];
    }
    parts.push(Part::Text(rest));
    parts
}

/// The values of an attribute, with the tag that has it.
pub(crate) fn attributes<'a>(page: &'a str, name: &str) -> Vec<(&'a str, &'a str)> {
    let start = format!(" {name}=\"");
    parts(page)
        .into_iter()
        .filter_map(|part| match part {
            Part::Tag(tag) => {
                let (_, rest) = tag.split_once(&start)?;
                let (value, _) = rest.split_once('"')?;
                Some((tag, value))
            }
            Part::Text(_) => None,
        })
        .collect()
}

/// Checks that every element that is opened is closed, in order.
pub(crate) fn assert_balanced(page: &str) {
    const VOID: [&str; 4] = ["meta", "link", "br", "!doctype"];
    let mut open: Vec<&str> = Vec::new();
    for part in parts(page) {
        let Part::Tag(tag) = part else { continue };
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "`</{name}>` closes something else");
        } else if !tag.ends_with('/') {
            let name = tag.split([' ', '\n']).next().unwrap_or_default();
            if !VOID.contains(&name) {
                open.push(name);
            }
        }
    }
    assert!(open.is_empty(), "never closed: {open:?}");
}

/// The text of all sections, in order.
pub(crate) fn text_of_all(page: &str) -> String {
    attributes(page, "id")
        .into_iter()
        .filter(|(tag, _)| tag.starts_with("section "))
        .map(|(_, id)| text_of(page, id))
        .collect::<Vec<_>>()
        .join("\n\n")
}

/// The text of one section, a line for each row, item or paragraph; figures are left out.
pub(crate) fn text_of(page: &str, section: &str) -> String {
    let start = format!("<section id=\"{section}\"");
    let from = page.find(&start).expect("the section is there");
    let to = page[from..].find("</section>").expect("the section ends");
    let mut text = String::new();
    let mut in_figure = false;
    for part in parts(&page[from..from + to]) {
        match part {
            Part::Tag(tag) if tag.starts_with("figure") => in_figure = true,
            Part::Tag("/figure") => in_figure = false,
            Part::Tag("/td" | "/th" | "/dt") => text.push_str(" | "),
            Part::Tag(tag)
                if tag.starts_with("span class=\"detail") || tag == "span class=\"meaning\"" =>
            {
                text.push_str(" / ");
            }
            Part::Tag("/tr" | "/li" | "/p" | "/h2" | "/h3" | "/dd" | "/caption" | "/pre") => {
                text.push('\n');
            }
            Part::Text(words) if !in_figure => text.push_str(&words.replace('\n', " ")),
            _ => {}
        }
    }
    text.replace("&#62;", ">")
        .replace("&#60;", "<")
        .lines()
        .map(|line| line.trim().trim_end_matches('|').trim_end())
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}
