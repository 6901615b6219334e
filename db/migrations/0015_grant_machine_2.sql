DROP INDEX "grants_live_key";--> statement-breakpoint
DROP INDEX "grants_open_idx";--> statement-breakpoint
DROP INDEX "grants_running_idx";--> statement-breakpoint
ALTER TABLE "grants" ALTER COLUMN "state" SET DATA TYPE text;--> statement-breakpoint
ALTER TABLE "requests" ADD COLUMN "granted_seconds" integer;--> statement-breakpoint
ALTER TABLE "requests" ADD COLUMN "start_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "requests" ADD COLUMN "extends_grant_id" uuid;--> statement-breakpoint
ALTER TABLE "requests" ADD CONSTRAINT "requests_extends_grant_id_grants_id_fk" FOREIGN KEY ("extends_grant_id") REFERENCES "public"."grants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "requests_extends_idx" ON "requests" USING btree ("extends_grant_id");--> statement-breakpoint
CREATE UNIQUE INDEX "grants_live_key" ON "grants" USING btree ("person_id","role") WHERE "grants"."state" not in ('ended', 'expired', 'revoked', 'voided', 'failed');--> statement-breakpoint
CREATE INDEX "grants_open_idx" ON "grants" USING btree ("state") WHERE "grants"."state" not in ('ended', 'expired', 'revoked', 'voided', 'failed');--> statement-breakpoint
CREATE INDEX "grants_running_idx" ON "grants" USING btree ("id") WHERE "grants"."state" in ('scheduled', 'planned', 'provisioning', 'active', 'extending', 'drifted');--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_state" CHECK ("grants"."state" in ('scheduled', 'planned', 'provisioning', 'active', 'extending', 'drifted', 'removing', 'postponed', 'notConfirmed', 'ended', 'expired', 'revoked', 'voided', 'failed'));--> statement-breakpoint
ALTER TABLE "requests" ADD CONSTRAINT "requests_granted_shorter" CHECK ("requests"."granted_seconds" is null or ("requests"."granted_seconds" > 0 and "requests"."granted_seconds" <= "requests"."duration_seconds"));--> statement-breakpoint
DROP TYPE "public"."grant_state";