mod edits;
mod reading;
