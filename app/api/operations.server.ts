import type { z } from 'zod'
import type { ApiScope } from '#workflows/people/api-scopes.ts'
import { findingShape, findingsQueryShape, findingsShape } from './finding-shapes.server.ts'
import { grantsQueryShape, grantsShape } from './grant-shapes.server.ts'
import {
	endGrant,
	fileRequest,
	isRepeat,
	listGrants,
	listRequests,
	me,
	roles,
	showRequest,
	withdraw,
	type Answer,
	type Call,
} from './run-operations.server.ts'
import {
	filedShape,
	listQueryShape,
	newRequestShape,
	repeatShape,
	requestShape,
	requestsShape,
} from './request-shapes.server.ts'
import { listFindings, showFinding } from './run-finding-operations.server.ts'
import { meShape, rolesShape } from './shapes.server.ts'

export type Operation = {
	operationId: string
	method: 'GET' | 'POST'
	/** Below `/api/v1`; `{id}` stands for a UUID. */
	path: string
	summary: string
	description: string
	/** Any of these is enough; none means that any token is. */
	scopes: readonly ApiScope[]
	query?: z.ZodType
	/** The shape of the body, by what was sent. */
	bodies?: { shapes: readonly [string, z.ZodType][]; shapeOf: (sent: unknown) => z.ZodType }
	/** Whether it is done once for each key. */
	isKeyed?: true
	answer: { status: number; name: string; shape: z.ZodType }
	/** Statuses of what can be refused, beside those that every operation has. */
	refusals: readonly number[]
	run: (call: Call) => Promise<Answer>
}

/** Everything that programs can ask for. There is no operation that decides: a decision takes a passkey. */
export const OPERATIONS: readonly Operation[] = [
	{
		operationId: 'me',
		method: 'GET',
		path: '/me',
		summary: 'Whose token this is',
		description:
			'The person in whose place the program acts, and what the token passes on of what they may do now.',
		scopes: [],
		answer: { status: 200, name: 'Me', shape: meShape },
		refusals: [],
		run: me,
	},
	{
		operationId: 'listRoles',
		method: 'GET',
		path: '/roles',
		summary: 'What may be asked for',
		description:
			'Every role that can be asked for under the charter in force: for how long, who decides and by when, and every reason against the others.',
		scopes: ['requests:read', 'requests:write'],
		answer: { status: 200, name: 'Roles', shape: rolesShape },
		refusals: [],
		run: roles,
	},
	{
		operationId: 'fileRequest',
		method: 'POST',
		path: '/requests',
		summary: 'Ask for access',
		description:
			'Files a request for each role, judged and decided on by itself. The Idempotency-Key makes sure that it is filed once, however often it is sent: with the same body it gives the same answer, with another body it is refused. A call that was refused had no effect, and its key can be used again.',
		scopes: ['requests:write'],
		bodies: {
			shapes: [
				['NewRequest', newRequestShape],
				['RepeatedRequest', repeatShape],
			],
			shapeOf: (sent) => (isRepeat(sent) ? repeatShape : newRequestShape),
		},
		isKeyed: true,
		answer: { status: 201, name: 'Filed', shape: filedShape },
		refusals: [400, 404, 409, 413, 415, 422, 503],
		run: fileRequest,
	},
	{
		operationId: 'listRequests',
		method: 'GET',
		path: '/requests',
		summary: 'List requests',
		description: 'Newest first, a page at a time.',
		scopes: ['requests:read'],
		query: listQueryShape,
		answer: { status: 200, name: 'Requests', shape: requestsShape },
		refusals: [422],
		run: listRequests,
	},
	{
		operationId: 'showRequest',
		method: 'GET',
		path: '/requests/{id}',
		summary: 'Read a request',
		description: 'Where it stands, who has decided and who is to, and the access that came of it.',
		scopes: ['requests:read'],
		answer: { status: 200, name: 'Request', shape: requestShape },
		refusals: [404],
		run: showRequest,
	},
	{
		operationId: 'withdrawRequest',
		method: 'POST',
		path: '/requests/{id}/withdraw',
		summary: 'Withdraw a request',
		description:
			'Takes back a request that waits: one’s own, or one that was filed for somebody else. Sent again it says the same.',
		scopes: ['requests:write'],
		answer: { status: 200, name: 'Request', shape: requestShape },
		refusals: [404, 409],
		run: withdraw,
	},
	{
		operationId: 'listGrants',
		method: 'GET',
		path: '/grants',
		summary: 'List accesses',
		description: 'Who holds what until when, what ends first on top. What has ended is found at its request.',
		scopes: ['grants:read'],
		query: grantsQueryShape,
		answer: { status: 200, name: 'Grants', shape: grantsShape },
		refusals: [422],
		run: listGrants,
	},
	{
		operationId: 'endGrant',
		method: 'POST',
		path: '/grants/{id}/end',
		summary: 'End an access early',
		description:
			'Gives up an access of one’s own, also before it begins. Its state says when Entra has confirmed the end. Sent again it says the same.',
		scopes: ['grants:end'],
		answer: { status: 200, name: 'Request', shape: requestShape },
		refusals: [404, 409],
		run: endGrant,
	},
	{
		operationId: 'listFindings',
		method: 'GET',
		path: '/findings',
		summary: 'List findings',
		description:
			'What Entra ID holds, or held, otherwise than approved: newest first, a page at a time. For people who may see findings.',
		scopes: ['findings:read'],
		query: findingsQueryShape,
		answer: { status: 200, name: 'Findings', shape: findingsShape },
		refusals: [422],
		run: listFindings,
	},
	{
		operationId: 'showFinding',
		method: 'GET',
		path: '/findings/{id}',
		summary: 'Read a finding',
		description:
			'What was seen, what officers decided and when Entra confirmed that it is gone. What becomes of it is decided on its page, with a passkey.',
		scopes: ['findings:read'],
		answer: { status: 200, name: 'Finding', shape: findingShape },
		refusals: [404],
		run: showFinding,
	},
]

/** Statuses that every operation can be refused with. */
export const COMMON_REFUSALS = [401, 403, 429, 500] as const satisfies readonly number[]
