/**
 * What became of a request at the tenant, by each of the eleven statuses that Microsoft Graph may state of it. `made` says
 * that it took effect or will; only the list of what is active says that somebody has the access. What `waits_at_tenant` is still to
 * be approved there or carried out, and is taken back by cancelling it.
 */
export const STATUSES = {
	Provisioned: 'made',
	ScheduleCreated: 'made',
	Granted: 'waits_at_tenant',
	PendingProvisioning: 'pending',
	PendingScheduleCreation: 'pending',
	PendingApproval: 'waits_at_tenant',
	PendingAdminDecision: 'waits_at_tenant',
	Revoked: 'over',
	Canceled: 'over',
	Denied: 'over',
	Failed: 'over',
} as const
export type RequestFate = (typeof STATUSES)[keyof typeof STATUSES]

/** A status that is not known counts as pending: neither "made" nor "over" may be said of it. */
export const fateOf = (status: string): RequestFate =>
	Object.hasOwn(STATUSES, status) ? STATUSES[status as keyof typeof STATUSES] : 'pending'
