use std::path::PathBuf;
use std::sync::Arc;

use napi::bindgen_prelude::{AsyncTask, BigInt, Either5, Null, Object, Uint8Array};
use napi::{Env, Result, Task};
use napi_derive::napi;
use pyagent_store::{CommitError, OpenError, QueryError, Rows, Statement, Store, Value};
use serde_json::json;

use crate::error::refuse;
use crate::job::{Job, job};

/// `null`, `bigint`, `number`, `string` or `Uint8Array`.
type JsValue = Either5<Null, BigInt, f64, String, Uint8Array>;

/// Integers up to here are numbers in JavaScript; larger ones are `bigint`.
const SAFE: i64 = 9_007_199_254_740_991;

/// One writing statement.
#[napi(object)]
pub struct JsStatement {
    pub sql: String,
    pub params: Vec<JsValue>,
    /// Rows that it must change.
    pub expect: Option<f64>,
}

/// The answer to a query.
#[napi(object)]
pub struct JsRows {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<JsValue>>,
}

/// An open store.
#[napi(js_name = "Store")]
pub struct JsStore(Arc<Store>);

/// Opens the file and migrates it.
#[napi]
pub fn open_store(path: String, migrations: Vec<String>) -> AsyncTask<Job<JsStore>> {
    job(move || {
        let opened = Store::open(&PathBuf::from(&path), &migrations);
        opened.map(|store| JsStore(Arc::new(store))).map_err(|error| {
            let details = match &error {
                OpenError::Newer { expected, found, .. } => {
                    json!({ "path": path, "expected": expected, "found": found })
                }
                _ => json!({ "path": path }),
            };
            refuse(error.code(), error.to_string(), details)
        })
    })
}

#[napi]
impl JsStore {
    /// The number of rows that each statement changed, once the batch is durable.
    #[napi]
    pub fn commit<'env>(&self, env: &'env Env, statements: Vec<JsStatement>) -> Result<Object<'env>> {
        let statements = statements.into_iter().map(statement).collect::<Result<Vec<_>>>()?;
        let (deferred, promise) = env.create_deferred()?;
        let reply = move |result: std::result::Result<Vec<u64>, CommitError>| match result {
            Ok(changes) => deferred.resolve(|_| Ok(changes.into_iter().map(|count| count as f64).collect::<Vec<_>>())),
            Err(error) => deferred.reject(refuse(error.code(), error.to_string(), json!({}))),
        };
        self.0.commit_with(statements, Box::new(reply));
        Ok(promise)
    }

    /// Runs one reading statement.
    #[napi]
    pub fn query(&self, sql: String, params: Vec<JsValue>) -> Result<AsyncTask<Query>> {
        let params = params.into_iter().map(value).collect::<Result<Vec<_>>>()?;
        Ok(AsyncTask::new(Query { store: Arc::clone(&self.0), sql, params }))
    }

    /// What is damaged in the file.
    #[napi]
    pub fn check(&self) -> AsyncTask<Job<Vec<String>>> {
        let store = Arc::clone(&self.0);
        job(move || store.check().map_err(convert))
    }

    /// Finishes what is queued, then closes.
    #[napi]
    pub fn close(&self) -> AsyncTask<Job<()>> {
        let store = Arc::clone(&self.0);
        job(move || {
            store.close();
            Ok(())
        })
    }
}

pub struct Query {
    store: Arc<Store>,
    sql: String,
    params: Vec<Value>,
}

impl Task for Query {
    type Output = Rows;
    type JsValue = JsRows;

    fn compute(&mut self) -> Result<Rows> {
        self.store.query(&self.sql, &self.params).map_err(convert)
    }

    fn resolve(&mut self, _env: Env, rows: Rows) -> Result<JsRows> {
        let to_js = |row: Vec<Value>| row.into_iter().map(js_value).collect();
        Ok(JsRows { columns: rows.columns, rows: rows.rows.into_iter().map(to_js).collect() })
    }
}

fn convert(error: QueryError) -> napi::Error {
    refuse(error.code(), error.to_string(), json!({}))
}

fn statement(from: JsStatement) -> Result<Statement> {
    let params = from.params.into_iter().map(value).collect::<Result<Vec<_>>>()?;
    Ok(Statement { sql: from.sql, params, expect: from.expect.map(|count| count as u64) })
}

fn value(from: JsValue) -> Result<Value> {
    Ok(match from {
        Either5::A(_) => Value::Null,
        Either5::B(big) => match big.get_i64() {
            (number, true) => Value::Integer(number),
            _ => return Err(refuse("store/sql", "an integer must fit in 64 bits".into(), json!({}))),
        },
        Either5::C(number) if number.fract() == 0.0 && number.abs() <= SAFE as f64 => Value::Integer(number as i64),
        Either5::C(number) => Value::Real(number),
        Either5::D(text) => Value::Text(text),
        Either5::E(bytes) => Value::Blob(bytes.to_vec()),
    })
}

fn js_value(from: Value) -> JsValue {
    match from {
        Value::Null => Either5::A(Null),
        Value::Integer(number) if (-SAFE..=SAFE).contains(&number) => Either5::C(number as f64),
        Value::Integer(number) => Either5::B(BigInt::from(number)),
        Value::Real(number) => Either5::C(number),
        Value::Text(text) => Either5::D(text),
        Value::Blob(bytes) => Either5::E(Uint8Array::new(bytes)),
    }
}
