-- No statement touches the window.
delete from statement_spans;
