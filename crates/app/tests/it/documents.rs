//! Documents made on the spot: real ones of each kind, and parts to make hostile ones of.

use lopdf::content::{Content, Operation};
use lopdf::{Document, Object, Stream, dictionary};
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;

/// A PDF with one line of text a page.
pub fn pdf(pages: &[&str]) -> Vec<u8> {
    let content = |text: &&str| {
        let operations = vec![
            Operation::new("BT", vec![]),
            Operation::new("Tf", vec!["F1".into(), 12.into()]),
            Operation::new("Td", vec![72.into(), 700.into()]),
            Operation::new("Tj", vec![Object::string_literal(*text)]),
            Operation::new("ET", vec![]),
        ];
        Stream::new(dictionary! {}, Content { operations }.encode().unwrap())
    };
    let mut contents: Vec<Stream> = pages.iter().map(content).collect();
    contents.iter_mut().for_each(|stream| stream.compress().unwrap());
    pdf_of(contents)
}

/// A PDF whose pages have these contents.
pub fn pdf_of(contents: Vec<Stream>) -> Vec<u8> {
    let mut document = Document::with_version("1.5");
    let tree = document.new_object_id();
    let font = dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" };
    let font = document.add_object(font);
    let resources = document.add_object(dictionary! { "Font" => dictionary! { "F1" => font } });
    let count = contents.len() as i64;
    let mut kids: Vec<Object> = vec![];
    for content in contents {
        let content = document.add_object(content);
        let page = dictionary! {
            "Type" => "Page", "Parent" => tree, "Contents" => content, "Resources" => resources,
            "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
        };
        kids.push(document.add_object(page).into());
    }
    let pages = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
    document.objects.insert(tree, Object::Dictionary(pages));
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    let mut bytes = vec![];
    document.save_to(&mut bytes).unwrap();
    bytes
}

/// A Word document with these paragraphs and a footnote.
pub fn docx(paragraphs: &[&str]) -> Vec<u8> {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let body: String =
        paragraphs.iter().map(|p| format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", escaped(p))).collect();
    let note = "<w:footnotes xmlns:w=\"w\"><w:footnote><w:p><w:r><w:t>A footnote.</w:t></w:r></w:p></w:footnote></w:footnotes>";
    docx_of(&format!("<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>"), Some(note))
}

/// A Word document whose parts have this XML.
pub fn docx_of(document: &str, footnotes: Option<&str>) -> Vec<u8> {
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>";
    let parts = [("[Content_Types].xml", types), ("word/document.xml", document)];
    let parts = parts.into_iter().chain(footnotes.map(|xml| ("word/footnotes.xml", xml)));
    let mut archive = zip::ZipWriter::new(Cursor::new(vec![]));
    for (name, xml) in parts {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>").unwrap();
        archive.write_all(xml.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
