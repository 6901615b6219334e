import type { z } from 'zod'
import type { Program } from '#app/services/api/authenticate.server.ts'
import type { FilingForm } from '#app/services/access/file-request.server.ts'
import type { Services } from '#app/services/services.ts'
import type { ApiScope } from '#workflows/people/api-scopes.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { cursorText, readCursor, readNumberCursor } from './cursor.server.ts'
import { filingOf } from './idempotency.server.ts'
import { refusedRole, type Words } from './problems.server.ts'
import { grantOf, requestOf, requestUrl, roleOf, summaryOf } from './represent.server.ts'
import {
	filedShape,
	grantsQueryShape,
	grantsShape,
	listQueryShape,
	meShape,
	newRequestShape,
	repeatShape,
	requestShape,
	requestsShape,
	rolesShape,
} from './shapes.server.ts'

/** One call of a program whose token and scope have been checked, and whose parts have the shapes of the operation. */
export type Call = {
	services: Services
	program: Program
	words: Words
	/** The id in the path; empty where there is none. */
	id: string
	query: unknown
	/** As it was sent. */
	sent: unknown
	body: unknown
	header: (name: string) => string | null
}
export type Answer = { status: number; body: unknown; headers?: Record<string, string> }

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

const isRepeat = (sent: unknown) => typeof sent === 'object' && sent !== null && 'like' in sent

async function me({ services, program: { actor, token } }: Call): Promise<Answer> {
	const { person, boundary, tenant } = await services.home.frame(actor)
	const body: z.infer<typeof meShape> = {
		person,
		boundary,
		tenant,
		token: { ...token, scopes: [...token.scopes] },
		permissions: [...actor.permissions],
		time: services.now().toISOString(),
	}
	return { status: 200, body }
}

async function roles({ services, program: { actor }, words }: Call): Promise<Answer> {
	const found = await services.access.roles(actor)
	return { status: 200, body: { roles: found.map((role) => roleOf(role, words)) } }
}

async function fileRequest({
	services,
	program: { actor },
	sent,
	body,
	header,
	words,
}: Call): Promise<Answer> {
	const key = filingOf(actor.personId, header('idempotency-key'), sent)
	const form = isRepeat(sent)
		? await repeatedForm(services, actor, body as z.infer<typeof repeatShape>)
		: formOf(body as z.infer<typeof newRequestShape>)
	const { filingId, requests, refused } = await services.access.file(actor, { ...form, ...key })
	const [first, ...others] = requests
	return {
		status: 201,
		body: {
			filingId,
			requests: requests.map(({ id, number, role }) => ({ id, number, role, url: requestUrl(id) })),
			refused: refused.map((each) => refusedRole(each, words)),
		} satisfies z.infer<typeof filedShape>,
		...(first && others.length === 0 ? { headers: { location: requestUrl(first.id) } } : {}),
	}
}

const formOf = ({ startAt, ...body }: z.infer<typeof newRequestShape>): FilingForm => ({
	...body,
	startAt: startAt === null ? null : new Date(startAt),
})

async function repeatedForm(
	services: Services,
	actor: Program['actor'],
	{ like, ...given }: z.infer<typeof repeatShape>,
): Promise<FilingForm> {
	const before = await services.access.repeated(actor, like)
	return formOf({
		...given,
		roles: given.roles ?? before.roles,
		reason: given.reason ?? before.reason,
		durationSeconds: given.durationSeconds ?? before.durationSeconds,
		beneficiaryId: given.beneficiaryId ?? before.beneficiaryId ?? undefined,
	})
}

async function listRequests({ services, program: { actor }, query }: Call): Promise<Answer> {
	const asked = query as z.infer<typeof listQueryShape>
	const { whose, state, role, number, limit, cursor } = asked
	const { requests, next } = await services.access.list(actor, {
		isOwn: whose === 'mine',
		limit,
		...(state === undefined ? {} : { state }),
		...(number === undefined ? {} : { number }),
		...(role === undefined ? {} : { role }),
		...(cursor === undefined ? {} : { before: readNumberCursor(cursor) }),
	})
	return page('/requests', asked, { requests: requests.map(summaryOf) }, next === null ? null : String(next))
}

async function listGrants({ services, program: { actor }, query }: Call): Promise<Answer> {
	const asked = query as z.infer<typeof grantsQueryShape>
	const { whose, role, limit, cursor } = asked
	const { grants, next } = await services.access.grantsNow(actor, {
		isOwn: whose === 'mine',
		limit,
		...(role === undefined ? {} : { role }),
		...(cursor === undefined ? {} : { after: readCursor(cursor) }),
	})
	return page('/grants', asked, { grants: grants.map(grantOf) }, next)
}

/** A page of a list, with where the next one is: in the body, and as a link (RFC 8288). */
function page(
	path: string,
	asked: Record<string, unknown>,
	body: Record<string, unknown>,
	next: string | null,
): Answer {
	if (next === null) return { status: 200, body: { ...body, next: null } }
	const query = new URLSearchParams()
	for (const [name, value] of Object.entries({ ...asked, cursor: cursorText(next) }))
		if (typeof value === 'string' || typeof value === 'number') query.set(name, String(value))
	const address = `/api/v1${path}?${query}`
	return { status: 200, body: { ...body, next: address }, headers: { link: `<${address}>; rel="next"` } }
}

async function showRequest({ services, program: { actor }, id }: Call): Promise<Answer> {
	return { status: 200, body: requestOf(await services.access.show(actor, id)) }
}

/** Withdrawing what is withdrawn already, as a program does that heard no answer, is no fault. */
async function withdraw({ services, program: { actor }, id }: Call): Promise<Answer> {
	try {
		await services.access.withdraw(actor, id)
	} catch (error) {
		if (!isIllegal(error)) throw error
		const { charts } = await services.access.show(actor, id)
		if (charts[0]?.state !== 'withdrawn') throw error
	}
	return { status: 200, body: requestOf(await services.access.show(actor, id)) }
}

const OVER: ReadonlySet<string> = new Set([
	'removing',
	'postponed',
	'notConfirmed',
	'ended',
	'expired',
	'revoked',
	'voided',
])

/** The same of an access that is ending, or has ended. */
async function endGrant({ services, program: { actor }, id }: Call): Promise<Answer> {
	const requestId = await services.access.requestOfOwnGrant(actor, id)
	try {
		await services.access.endGrant(actor, requestId)
	} catch (error) {
		if (!isIllegal(error)) throw error
		const { grant } = await services.access.show(actor, requestId)
		if (grant === null || !OVER.has(grant.state)) throw error
	}
	return { status: 200, body: requestOf(await services.access.show(actor, requestId)) }
}

const isIllegal = (error: unknown) => isDomainError(error) && error.code === 'ILLEGAL_TRANSITION'

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
]

/** Statuses that every operation can be refused with. */
export const COMMON_REFUSALS = [401, 403, 429, 500] as const satisfies readonly number[]
