-- What the tenant says of a part takes the place of what it said before, and goes when no charter names the part any more.
GRANT UPDATE, DELETE ON tenant_places TO charterkeep_app;
