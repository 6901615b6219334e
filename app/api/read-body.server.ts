import { readBounded } from '#app/utils/bounded-body.server.ts'
import { ApiProblem } from './problems.server.ts'

/** Room for the longest request there is, many times over. */
const LARGEST_BODY = 64 * 1024

/** The parts of a call that its body is read from. */
export type ReadableCall = {
	header: (name: string) => string | null
	stream: ReadableStream<Uint8Array> | null
}

/**
 * The body as JSON, read no further than it may be long. MEDIA_TYPE, BODY_TOO_LARGE, BODY_NOT_JSON; FIELDS_INVALID where a
 * text holds what no text of ours can.
 */
export async function readBody({ header, stream }: ReadableCall): Promise<unknown> {
	const type = header('content-type')?.split(';')[0]?.trim().toLowerCase()
	if (type !== 'application/json') throw new ApiProblem('MEDIA_TYPE')
	const told = Number(header('content-length') ?? 0)
	const bytes = await readBounded(stream, { told, most: LARGEST_BODY })
	if (bytes === null) throw new ApiProblem('BODY_TOO_LARGE')
	let body: unknown
	try {
		body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown
	} catch {
		throw new ApiProblem('BODY_NOT_JSON')
	}
	demandText(body, '#')
	return body
}

/** Half of a character, or a NUL, can be written in JSON and in nothing else here: neither in the record nor in a page. */
function demandText(value: unknown, pointer: string): void {
	if (typeof value === 'string' && (!value.isWellFormed() || value.includes('\0')))
		throw new ApiProblem('FIELDS_INVALID', { fields: [{ at: { pointer }, message: 'api.characters' }] })
	if (typeof value === 'object' && value !== null)
		for (const [name, inner] of Object.entries(value)) {
			demandText(name, pointer)
			demandText(inner, `${pointer}/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`)
		}
}
