ALTER TABLE "findings" ADD COLUMN "tenant_id" uuid;--> statement-breakpoint
ALTER TABLE "policy_baselines" ADD COLUMN "tenant_id" uuid;--> statement-breakpoint
ALTER TABLE "reconcile_runs" ADD COLUMN "tenant_id" uuid;