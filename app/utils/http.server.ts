import { data, redirect } from '@remix-run/node'
import { z } from 'zod'
import {
	DomainError,
	isDomainError,
	isErrorCode,
	type ErrorCode,
	type ErrorKind,
} from '#workflows/shared/errors.ts'
import type { CharterProblem } from '#app/services/charter/read-charter.server.ts'
import type { RefusedRole } from '#workflows/access/refused-role.ts'
import type { ClauseResult } from '#workflows/charter/verdict.ts'

const STATUS: Readonly<Record<ErrorKind, number>> = {
	not_found: 404,
	forbidden: 403,
	sign_in: 401,
	throttled: 429,
	conflict: 409,
	rule: 422,
	unavailable: 503,
}

/** The status of an expected failure. */
export const statusOf = ({ kind }: Pick<DomainError, 'kind'>): number => STATUS[kind]

/** What a page may know of a refusal. */
export type Refusal = {
	code: ErrorCode
	denials: readonly ClauseResult[]
	field: string | null
	problem: string | null
	/** What is wrong with a charter text, each with its place. */
	problems: readonly CharterProblem[]
	/** Numbers that the sentence of this code names. */
	numbers: Readonly<Record<string, number>>
	/** Title of a role that it names. */
	role: string | null
	/** Of several roles that were asked for together: those that were refused, each with why. */
	refused: readonly RefusedRole[]
}

/** Runs a loader's work: an expected failure becomes the error page with its status; all else passes through. */
export async function handled<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work()
	} catch (error) {
		if (!isDomainError(error)) throw error
		throw data(refusalOf(error), { status: STATUS[error.kind] })
	}
}

/**
 * As `handled`, for a file that people ask for by a link: a browser is led back to the page that has the link, with why
 * there is no file in its address (`refused`); a program gets the refusal with its status.
 */
export async function handledFile<T>(request: Request, page: string, work: () => Promise<T>): Promise<T> {
	try {
		return await handled(work)
	} catch (error) {
		const code = (error as { data?: Partial<Refusal> } | null)?.data?.code
		if (code === undefined || !request.headers.get('accept')?.includes('text/html')) throw error
		const query = new URL(request.url).searchParams
		query.set('refused', code)
		throw redirect(`${page}?${query}`, 303)
	}
}

/** Why a file was refused, as `handledFile` says it in the address of a page, and the status of that page. */
export function refusedFile(request: Request): { code: ErrorCode; status: number } | null {
	const code = queryOf(request)('refused')
	return code !== undefined && isErrorCode(code)
		? { code, status: STATUS[new DomainError(code, '').kind] }
		: null
}

/** Runs an action's work: an expected failure comes back to the form's own page, with its status. */
export async function attempted<T>(work: () => Promise<T>) {
	try {
		return { ok: true as const, value: await work() }
	} catch (error) {
		if (!isDomainError(error) || error.kind === 'forbidden' || error.kind === 'not_found') {
			if (isDomainError(error)) throw data(refusalOf(error), { status: STATUS[error.kind] })
			throw error
		}
		return { ok: false as const, refusal: refusalOf(error), status: STATUS[error.kind] }
	}
}

const detailsSchema = z.object({
	denials: z.array(z.custom<ClauseResult>()).catch([]),
	field: z.string().nullable().catch(null),
	problem: z.string().nullable().catch(null),
	problems: z.array(z.custom<CharterProblem>()).catch([]),
	role: z.string().nullable().catch(null),
	refused: z.array(z.custom<RefusedRole>()).catch([]),
})

/** What a refusal may say to whoever is refused: its code, and what its sentence needs. */
export function refusalOf(error: { code: ErrorCode; details: Readonly<Record<string, unknown>> }): Refusal {
	return {
		code: error.code,
		...detailsSchema.parse({
			denials: [],
			field: null,
			problem: null,
			problems: [],
			role: null,
			refused: [],
			...error.details,
		}),
		numbers: Object.fromEntries(
			Object.entries(error.details).filter(
				(entry): entry is [string, number] => typeof entry[1] === 'number',
			),
		),
	}
}

/** Reads route parameters; anything malformed does not exist. */
export function parseParams<S extends z.ZodType>(schema: S, params: unknown): z.infer<S> {
	const parsed = schema.safeParse(params)
	if (!parsed.success)
		throw data(
			{
				code: 'NOT_FOUND',
				denials: [],
				field: null,
				problem: null,
				problems: [],
				numbers: {},
				role: null,
				refused: [],
			} satisfies Refusal,
			{ status: 404 },
		)
	return parsed.data
}

/** Reads query parameters; what cannot be read is taken for absent. */
export function queryOf(request: Request): (name: string) => string | undefined {
	const { searchParams } = new URL(request.url)
	return (name) => searchParams.get(name)?.trim().slice(0, 200) || undefined
}
