-- A trouble is told of once, seen again and again, and goes when it is over; the record keeps that it was.
GRANT UPDATE, DELETE ON tenant_troubles TO charterkeep_app;
