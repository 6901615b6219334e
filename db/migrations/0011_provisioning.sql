CREATE TABLE "scim_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"token_sha256" text NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"replaces" uuid,
	CONSTRAINT "scim_tokens_hash" CHECK ("scim_tokens"."token_sha256" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TABLE "scim_users" (
	"person_id" uuid PRIMARY KEY NOT NULL,
	"external_id" text,
	"given_name" text,
	"family_name" text,
	"email" text,
	"employee_number" text,
	"manager_id" uuid,
	"active" boolean NOT NULL,
	"removed_at" timestamp (3) with time zone,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "scim_users_removed" CHECK ("scim_users"."removed_at" is null or not "scim_users"."active"),
	CONSTRAINT "scim_users_manager" CHECK ("scim_users"."manager_id" is null or "scim_users"."manager_id" <> "scim_users"."person_id")
);
--> statement-breakpoint
ALTER TABLE "scim_tokens" ADD CONSTRAINT "scim_tokens_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scim_users" ADD CONSTRAINT "scim_users_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scim_users" ADD CONSTRAINT "scim_users_manager_id_people_id_fk" FOREIGN KEY ("manager_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "scim_tokens_token_key" ON "scim_tokens" USING btree ("token_sha256");--> statement-breakpoint
CREATE UNIQUE INDEX "scim_tokens_replaces_key" ON "scim_tokens" USING btree ("replaces");--> statement-breakpoint
CREATE INDEX "scim_tokens_creator_idx" ON "scim_tokens" USING btree ("created_by");--> statement-breakpoint
CREATE UNIQUE INDEX "scim_users_external_key" ON "scim_users" USING btree ("external_id");--> statement-breakpoint
CREATE UNIQUE INDEX "scim_users_employee_key" ON "scim_users" USING btree ("employee_number");--> statement-breakpoint
CREATE INDEX "scim_users_manager_idx" ON "scim_users" USING btree ("manager_id");