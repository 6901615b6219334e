CREATE TABLE "ledger_nodes" (
	"level" integer NOT NULL,
	"index" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "ledger_nodes_level_index_pk" PRIMARY KEY("level","index"),
	CONSTRAINT "ledger_nodes_level" CHECK ("ledger_nodes"."level" between 1 and 7),
	CONSTRAINT "ledger_nodes_index" CHECK ("ledger_nodes"."index" >= 0),
	CONSTRAINT "ledger_nodes_hash" CHECK (octet_length("ledger_nodes"."hash") = 32)
);
