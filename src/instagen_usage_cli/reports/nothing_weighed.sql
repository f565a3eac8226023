-- No statement touches the window.
delete from statement_spans;
delete from weighed_statements;
