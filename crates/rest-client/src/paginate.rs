//! From one page to the next.

mod auto;
mod cursor;
mod fetch;
mod guess;
mod header_cursor;
mod header_link;
mod hint;
mod json_cursor;
mod json_link;
mod numbered;
mod offset;
mod page;
mod page_number;
mod pages;
mod paginator;
mod paging;
mod param;
mod range;
mod seen;
mod single_page;
mod steps;

pub use auto::Auto;
pub use header_cursor::HeaderCursor;
pub use header_link::HeaderLink;
pub use json_cursor::JsonCursor;
pub use json_link::JsonLink;
pub use offset::Offset;
pub use page::Page;
pub use page_number::PageNumber;
pub use pages::Pages;
pub(crate) use pages::pages;
pub use paginator::Paginator;
pub(crate) use paging::Paging;
pub use single_page::SinglePage;
