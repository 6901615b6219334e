import { GraphError } from '@microsoft/microsoft-graph-client'
import { describe, expect, test } from 'vitest'
import { NoAnswer } from '#app/integrations/graph/https-fetch.server.ts'
import { outcomeOf } from '#app/integrations/graph/outcome.server.ts'
import { whyOf } from '#app/components/trouble-words.ts'
import { createText } from '#app/messages/create-text.ts'
import { ANSWERS, type KnownAnswer } from '#app/integrations/graph/tenant-answers.ts'
import { fateOf, STATUSES } from '#workflows/grants/request-fate.ts'

function refused(status: number, code: string, message = 'Said so.', headers?: Record<string, string>) {
	const error = new GraphError(status, message)
	error.code = code
	if (headers) error.headers = new Headers(headers)
	return error
}

/** Written out, so that a change of the table is seen here: status, code, outcome. */
const EXPECTED: Readonly<Record<KnownAnswer, readonly [number, string]>> = {
	RoleAssignmentExists: [400, 'exists'],
	RoleAssignmentDoesNotExist: [400, 'absent'],
	PendingRoleAssignmentRequest: [400, 'later'],
	ActiveDurationTooShort: [400, 'later'],
	SubjectNotFound: [404, 'later'],
	Request_ResourceNotFound: [404, 'later'],
	TooManyRequests: [429, 'later'],
	InvalidAuthenticationToken: [401, 'later'],
	AccessReevaluated: [401, 'later'],
	CredentialRefused: [401, 'later'],
	ApplicationNotFound: [401, 'later'],
	WrongTenant: [401, 'later'],
	NoToken: [401, 'later'],
	NoPimForRoles: [400, 'refused'],
	RoleNotFound: [404, 'refused'],
	ResourceNotFound: [404, 'refused'],
	GroupNotFound: [404, 'refused'],
	GroupFromOnPremises: [400, 'refused'],
	GroupIsDynamic: [400, 'refused'],
	InvalidScope: [400, 'refused'],
	InvalidRoleAssignmentRequestSchedule: [400, 'refused'],
	RoleAssignmentRequestPolicyValidationFailed: [400, 'refused'],
	PolicyExpirationRule: [400, 'refused'],
	PolicyMfaRule: [400, 'refused'],
	PolicyJustificationRule: [400, 'refused'],
	PolicyTicketingRule: [400, 'refused'],
	PolicyEligibilityRule: [400, 'refused'],
	RoleAssignmentRequestAcrsValidationFailed: [400, 'refused'],
	AadPremiumLicenseRequired: [400, 'refused'],
	PermissionScopeNotGranted: [403, 'refused'],
	Authorization_RequestDenied: [403, 'refused'],
	InvalidResource: [400, 'refused'],
}

describe('an answer of the tenant to a write', () => {
	test.each(Object.entries(EXPECTED))('%s', (code, [status, kind]) => {
		expect(outcomeOf(refused(status, code)).kind).toBe(kind)
		// The same code beside the tenant's own trouble says nothing of what was done.
		expect(outcomeOf(refused(503, code)).kind).toBe('unknown')
	})

	test('is known in full: no code of the table is left out here', () => {
		expect(Object.keys(EXPECTED).sort()).toEqual(Object.keys(ANSWERS).sort())
	})

	test.each([
		['One or more added object references already exist for the property members.', 'exists', undefined],
		[
			'Unable to update the specified properties for on-premises mastered Directory Sync objects.',
			'refused',
			'GroupFromOnPremises',
		],
		['A dynamic membership group cannot be changed directly.', 'refused', 'GroupIsDynamic'],
		['Something else is wrong.', 'refused', 'Request_BadRequest'],
	])('that is told in words: %s', (message, kind, code) => {
		const outcome = outcomeOf(refused(400, 'Request_BadRequest', message))
		expect(outcome.kind).toBe(kind)
		if (code !== undefined) expect(outcome).toMatchObject({ code })
	})

	test.each([
		['The following policy rules failed: ["ExpirationRule","JustificationRule"]', 'PolicyExpirationRule'],
		['The following policy rules failed: MfaRule - Multi-factor authentication is required', 'PolicyMfaRule'],
		['The following policy rules failed: ["TicketingRule"]', 'PolicyTicketingRule'],
		['The following policy rules failed: ["NewRule"]', 'RoleAssignmentRequestPolicyValidationFailed'],
	])('names the rule of the policy that failed: %s', (message, code) => {
		const outcome = outcomeOf(refused(400, 'RoleAssignmentRequestPolicyValidationFailed', message))
		expect(outcome).toEqual({ kind: 'refused', code, message })
		for (const language of ['en', 'de'] as const) {
			const sentence = whyOf(code, createText(language))
			expect(sentence).not.toContain(code)
			const rule = code.startsWith('Policy') ? code.slice('Policy'.length) : ''
			expect(sentence).toContain(rule)
		}
	})

	test('is unfolded where PIM puts JSON into its message', () => {
		const nested = JSON.stringify({ errorCode: 'PermissionScopeNotGranted', message: 'Missing scope.' })
		expect(outcomeOf(refused(403, 'UnknownError', nested))).toEqual({
			kind: 'refused',
			code: 'PermissionScopeNotGranted',
			message: 'Missing scope.',
		})
	})

	test('is unknown when none came, or none that Graph wrote', () => {
		expect(outcomeOf(new NoAnswer('socket hang up')).kind).toBe('unknown')
		expect(outcomeOf(new SyntaxError('Unexpected token <')).kind).toBe('unknown')
		expect(outcomeOf(refused(408, 'RequestTimeout')).kind).toBe('unknown')
		for (const status of [500, 502, 503, 504])
			expect(outcomeOf(refused(status, 'ServiceUnavailable')).kind).toBe('unknown')
	})

	test('says how long to wait, and only in a form that can be read', () => {
		const wait = (text: string) =>
			outcomeOf(refused(429, 'TooManyRequests', 'Slow down.', { 'retry-after': text }))
		expect(wait('12')).toMatchObject({ kind: 'later', retryAfterMs: 12_000 })
		expect(wait('soon')).toMatchObject({ kind: 'later', retryAfterMs: null })
	})
})

test('every status of a request has one fate, and one that is not known is neither made nor over', () => {
	expect(Object.keys(STATUSES).sort()).toEqual([
		'Canceled',
		'Denied',
		'Failed',
		'Granted',
		'PendingAdminDecision',
		'PendingApproval',
		'PendingProvisioning',
		'PendingScheduleCreation',
		'Provisioned',
		'Revoked',
		'ScheduleCreated',
	])
	expect(Object.fromEntries(Object.keys(STATUSES).map((status) => [status, fateOf(status)]))).toEqual({
		Canceled: 'over',
		Denied: 'over',
		Failed: 'over',
		Granted: 'waits_at_tenant',
		PendingAdminDecision: 'waits_at_tenant',
		PendingApproval: 'waits_at_tenant',
		PendingProvisioning: 'pending',
		PendingScheduleCreation: 'pending',
		Provisioned: 'made',
		Revoked: 'over',
		ScheduleCreated: 'made',
	})
	expect(fateOf('SomethingNew')).toBe('pending')
	expect(fateOf('toString')).toBe('pending')
})
