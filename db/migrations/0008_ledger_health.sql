CREATE TABLE "ledger_health" (
	"part" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"problems" jsonb NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
