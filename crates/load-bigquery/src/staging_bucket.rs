//! The bucket through which rows are loaded.

/// A folder of a bucket in Cloud Storage, for files until they are loaded.
///
/// ```
/// use catchment_load_bigquery::StagingBucket;
///
/// let bucket = StagingBucket::parse("gs://my-bucket/loads/").unwrap();
/// assert_eq!((bucket.name.as_str(), bucket.prefix.as_str()), ("my-bucket", "loads/"));
/// assert_eq!(StagingBucket::parse("my-bucket"), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagingBucket {
    /// The name of the bucket.
    pub name: String,
    /// What the names of files begin with: empty, or ending with a slash.
    pub prefix: String,
}

impl StagingBucket {
    /// Parses a URL `gs://BUCKET` or `gs://BUCKET/FOLDER`. Returns `None` for other texts.
    pub fn parse(url: &str) -> Option<StagingBucket> {
        let (name, folder) = url.strip_prefix("gs://").map(|rest| rest.split_once('/').unwrap_or((rest, "")))?;
        // https://cloud.google.com/storage/docs/buckets#naming
        let is_valid = |character: char| character.is_ascii_alphanumeric() || ['-', '_', '.'].contains(&character);
        let folder = folder.trim_matches('/');
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        (!name.is_empty() && name.chars().all(is_valid)).then(|| StagingBucket { name: name.to_owned(), prefix })
    }

    /// Returns the name of a file in the bucket.
    pub(crate) fn object(&self, file: &str) -> String {
        format!("{}{file}", self.prefix)
    }

    /// Returns the URL of a file.
    pub(crate) fn url(&self, file: &str) -> String {
        format!("gs://{}/{}", self.name, self.object(file))
    }
}
