import { FINDING_EXAMPLES } from './finding-examples.server.ts'

type Example = { bodies?: Record<string, { value: unknown }>; answer: unknown }

const ID = '01938a5c-7d2e-7c3a-9b1f-2f6d1c8e4a70'
const FILING = '5f0c2a1e-9a7b-8c4d-a1b2-c3d4e5f60718'
const person = { id: '01938a5c-0000-7000-8000-000000000001', name: 'Robin Kessler' }

const summary = {
	id: ID,
	number: 204,
	url: `/api/v1/requests/${ID}`,
	requester: person,
	role: 'user-administrator',
	title: 'User administrator',
	state: 'waiting',
	durationSeconds: 7200,
	filedAt: '2026-11-23T14:03:00.000Z',
	startAt: null,
	deadline: '2026-11-23T18:03:00.000Z',
	waitsFor: 'Duty officer',
	grantId: null,
	isBreakGlass: false,
}
const request = {
	...summary,
	reason: 'Lock the accounts of a phishing wave',
	ticket: 'CHG-20417',
	filedBy: null,
	filingId: null,
	charterVersion: 4,
	charterTextSha256: 'a5c1e2f0b3d4958677889900aabbccddeeff00112233445566778899aabbccdd',
	requestSha256: '0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0',
	grantedSeconds: 7200,
	stages: [{ title: 'Duty officer', status: 'open', decideBy: '2026-11-23T18:03:00.000Z', decisions: [] }],
	denial: null,
	voidedBy: null,
	isAsked: false,
	grant: null,
	mayWithdraw: true,
	mayEnd: false,
}

/** An example of each operation, in the form of its shapes. */
export const EXAMPLES: Readonly<Record<string, Example>> = {
	me: {
		answer: {
			person,
			boundary: 'Sovereign cloud of the agency',
			tenant: { kind: 'entra', name: 'agency.example' },
			token: {
				id: '01938a5c-1111-7111-8111-000000000002',
				name: 'Maintenance pipeline',
				scopes: ['requests:read', 'requests:write'],
				endsAt: '2026-12-23T14:00:00.000Z',
			},
			permissions: ['request:file'],
			time: '2026-11-23T14:03:00.000Z',
		},
	},
	listRoles: {
		answer: {
			roles: [
				{
					role: 'user-administrator',
					title: 'User administrator',
					purpose: 'Accounts and their sign-in methods',
					entraRole: 'User Administrator',
					mayAsk: true,
					maximumSeconds: 14_400,
					ticketExample: 'CHG-20417',
					holdsUntil: '2026-12-14T23:00:00.000Z',
					isOpen: false,
					gap: null,
					stages: [
						{
							groups: [{ title: 'Duty officer', quorum: 1, able: 2, away: 0 }],
							withinSeconds: 14_400,
							escalation: null,
						},
					],
					reasons: [],
				},
			],
		},
	},
	fileRequest: {
		bodies: {
			one: {
				value: {
					roles: ['user-administrator'],
					reason: 'Lock the accounts of a phishing wave',
					ticket: 'CHG-20417',
					durationSeconds: 7200,
				},
			},
			several: {
				value: {
					roles: ['user-administrator', 'security-reader'],
					allOrNone: false,
					reason: 'Lock the accounts of a phishing wave',
					ticket: 'CHG-20417',
					durationSeconds: 7200,
					startAt: '2026-11-24T06:00:00+01:00',
				},
			},
			again: { value: { like: 'last', ticket: 'CHG-20533' } },
		},
		answer: {
			filingId: FILING,
			requests: [{ id: ID, number: 204, role: 'user-administrator', url: `/api/v1/requests/${ID}` }],
			refused: [],
		},
	},
	listRequests: { answer: { requests: [summary], next: null } },
	showRequest: { answer: request },
	withdrawRequest: {
		answer: { ...request, state: 'voided', deadline: null, waitsFor: null, mayWithdraw: false },
	},
	listGrants: {
		answer: {
			grants: [
				{
					id: '01938a60-2222-7222-8222-000000000003',
					requestId: ID,
					requestNumber: 204,
					holder: person,
					role: 'user-administrator',
					title: 'User administrator',
					state: 'active',
					from: '2026-11-23T14:20:00.000Z',
					until: '2026-11-23T16:20:00.000Z',
					extendingTo: null,
					isBreakGlass: false,
				},
			],
			next: null,
		},
	},
	...FINDING_EXAMPLES,
	endGrant: {
		answer: {
			...request,
			state: 'ending',
			deadline: null,
			waitsFor: null,
			grantId: '01938a60-2222-7222-8222-000000000003',
			grant: {
				id: '01938a60-2222-7222-8222-000000000003',
				state: 'removing',
				from: '2026-11-23T14:20:00.000Z',
				until: '2026-11-23T16:20:00.000Z',
				closedAt: null,
				cause: 'requester',
			},
			stages: [{ title: 'Duty officer', status: 'done', decideBy: null, decisions: [] }],
			mayWithdraw: false,
		},
	},
}
