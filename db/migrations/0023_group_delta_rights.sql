-- The row of each fifty groups goes on with every round; nobody deletes one.
GRANT UPDATE ON tenant_group_sync TO charterkeep_app;
