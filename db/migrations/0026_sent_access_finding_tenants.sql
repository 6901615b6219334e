ALTER TABLE "grants" ADD COLUMN "sent_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "findings" ADD COLUMN "tenant_id" uuid;--> statement-breakpoint
ALTER TABLE "policy_baselines" ADD COLUMN "tenant_id" uuid;--> statement-breakpoint
ALTER TABLE "reconcile_runs" ADD COLUMN "tenant_id" uuid;