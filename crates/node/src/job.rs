use std::panic::{AssertUnwindSafe, catch_unwind};

use napi::bindgen_prelude::{AsyncTask, ToNapiValue, TypeName};
use napi::{Env, Result, Task};
use serde_json::json;

use crate::error::refuse;

type Work<T> = Box<dyn FnOnce() -> Result<T> + Send>;

/// Work for a thread of Node's pool; its answer settles a promise.
pub struct Job<T>(Option<Work<T>>);

/// The promise of `work`. A panic in it rejects the promise and leaves the process alive.
pub(crate) fn job<T>(work: impl FnOnce() -> Result<T> + Send + 'static) -> AsyncTask<Job<T>>
where
    T: ToNapiValue + TypeName + Send + 'static,
{
    AsyncTask::new(Job(Some(Box::new(work))))
}

impl<T: ToNapiValue + TypeName + Send + 'static> Task for Job<T> {
    type Output = T;
    type JsValue = T;

    fn compute(&mut self) -> Result<T> {
        let defect = || refuse("native/defect", "the native addon failed: please report it".into(), json!({}));
        let work = self.0.take().ok_or_else(defect)?;
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(defect()))
    }

    fn resolve(&mut self, _env: Env, output: T) -> Result<T> {
        Ok(output)
    }
}
