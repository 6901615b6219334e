import { ApiProblem } from './problems.server.ts'

/** Room for the longest request there is, many times over. */
const LARGEST_BODY = 64 * 1024
const CUT_OFF = 16 * LARGEST_BODY

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
	const bytes = await readBytes(stream, Number(header('content-length') ?? 0))
	let body: unknown
	try {
		body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown
	} catch {
		throw new ApiProblem('BODY_NOT_JSON')
	}
	demandText(body, '#')
	return body
}

async function readBytes(stream: ReadableStream<Uint8Array> | null, told: number): Promise<Uint8Array> {
	if (told > LARGEST_BODY) throw new ApiProblem('BODY_TOO_LARGE')
	const chunks: Uint8Array[] = []
	let length = 0
	const reader = stream?.getReader()
	for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
		length += read.value.length
		if (length <= LARGEST_BODY) chunks.push(read.value)
		// What is a little too long is read to its end, so that whoever sends it hears why; more is cut off.
		else if (length > CUT_OFF) await reader?.cancel()
	}
	if (length > LARGEST_BODY) throw new ApiProblem('BODY_TOO_LARGE')
	return Buffer.concat(chunks)
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
