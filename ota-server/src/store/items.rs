//! Data items.

use super::{StoreError, WriteTransaction, damaged};
use crate::item::DataItem;

impl WriteTransaction {
    /// Adds an item, or replaces the one with its name.
    ///
    /// # Errors
    /// If the database could not write.
    pub async fn add_item(&mut self, item: &DataItem) -> Result<(), StoreError> {
        let content = serde_json::to_string(&item.content).map_err(|error| damaged("data item", error))?;
        sqlx::query(
            "INSERT INTO data_items (name, kind, content) VALUES (?, ?, ?)
             ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, content = excluded.content",
        )
        .bind(&item.name)
        .bind(item.kind())
        .bind(content)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// The item called `name`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none.
    pub async fn item(&mut self, name: &str) -> Result<DataItem, StoreError> {
        let content: Option<String> = sqlx::query_scalar("SELECT content FROM data_items WHERE name = ?")
            .bind(name)
            .fetch_optional(&mut *self.0)
            .await?;
        let content = content.ok_or_else(|| StoreError::NotFound {
            what: "data item",
            name: name.to_owned(),
        })?;
        let content = serde_json::from_str(&content).map_err(|error| damaged("data item", error))?;
        Ok(DataItem {
            name: name.to_owned(),
            content,
        })
    }
}
