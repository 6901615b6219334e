import { z } from 'zod'
import type { AmendmentForm } from '#app/services/amendments/draft-amendment.server.ts'
import { CHARTER_BOUNDS, type CharterProblem } from '#app/services/charter/read-charter.server.ts'
import { instantField, parseForm } from './form.server.ts'
import type { Refusal } from './http.server.ts'

/** What the editor's page is told when a text could not be taken. */
export type AmendmentAnswer = {
	errors: Record<string, string>
	/** The code of a refusal that belongs to no field, with the numbers that its sentence names. */
	code: Refusal['code'] | null
	numbers: Readonly<Record<string, number>>
	problems: readonly CharterProblem[]
	sent: Record<string, string>
}

const NOTHING: Omit<AmendmentAnswer, 'sent'> = { errors: {}, code: null, numbers: {}, problems: [] }

const formSchema = z.object({
	yaml: z.string().min(1, 'errors.charterMissing'),
	reason: z.string().trim().min(10, 'errors.reasonShort').max(1000, 'errors.reasonLong'),
	inForceFrom: instantField,
	lockVersion: z.coerce.number().int().min(0).catch(0),
})

/** The field that a refusal belongs to. */
const FIELD_OF: Readonly<Partial<Record<Refusal['code'], string>>> = {
	AMENDMENT_VERSION: 'yaml',
	NOTHING_CHANGED: 'yaml',
	AMENDMENT_LATE: 'inForceFrom',
}

/**
 * Reads the editor's form. A file takes the place of the text; either comes with the line ends and the byte order mark
 * of whoever wrote it, which are made alike, since browsers send CRLF for what was LF.
 */
export async function readAmendmentForm(
	request: Request,
): Promise<
	| { ok: true; value: AmendmentForm; lockVersion: number; sent: Record<string, string> }
	| { ok: false; answer: AmendmentAnswer }
> {
	const form = await request.formData()
	const file = form.get('file')
	if (file instanceof File && file.size > CHARTER_BOUNDS.maxBytes) {
		const { sent } = parseForm(form, formSchema)
		return { ok: false, answer: { ...NOTHING, errors: { file: 'errors.charterTooLarge' }, sent } }
	}
	if (file instanceof File && file.size > 0) form.set('yaml', await file.text())
	const yaml = form.get('yaml')
	if (typeof yaml === 'string') form.set('yaml', plainLines(yaml))
	const read = parseForm(form, formSchema)
	if (!read.ok) return { ok: false, answer: { ...NOTHING, errors: read.errors, sent: read.sent } }
	const { lockVersion, inForceFrom, ...rest } = read.value
	return {
		ok: true,
		value: { ...rest, inForceFrom: inForceFrom?.toISOString() ?? null },
		lockVersion,
		sent: read.sent,
	}
}

const plainLines = (text: string) => text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n')

/** What the page is told when the use case refused. */
export function refusedAmendment(refusal: Refusal, sent: Record<string, string>): AmendmentAnswer {
	const { code, numbers, problems } = refusal
	const field = FIELD_OF[code]
	return {
		...NOTHING,
		errors: field ? { [field]: `errors.${code}` } : {},
		code: field ? null : code,
		numbers,
		problems,
		sent,
	}
}
