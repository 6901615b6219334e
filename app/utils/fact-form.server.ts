import { FACT_FIELDS, type FactField } from '#app/components/fact-fields.ts'
import { MAX_EVIDENCE_BYTES } from '#app/services/people/evidence-file.server.ts'
import type { FactForm } from '#app/services/people/record-fact.server.ts'
import type { FactKind } from '#workflows/people/facts/fact-kinds.ts'
import { dayField } from './form.server.ts'
import type { Refusal } from './http.server.ts'

export type FactAnswer = {
	errors: Record<string, string>
	code: Refusal['code'] | null
	/** What was typed, so that nothing is lost; several values of one name are separated by spaces. */
	sent: Record<string, string>
}
const NO_ANSWER: FactAnswer = { errors: {}, code: null, sent: {} }

/** The rest of a form beside its file. */
const FORM_BYTES = 64 * 1024

/**
 * Reads the form of a fact: values by the fields of its kind, dates, evidence, and a file if one was chosen. What the
 * values mean is judged by the use case; here is said only what cannot be read at all.
 */
export async function readFactForm(
	request: Request,
	kind: FactKind,
): Promise<
	| { ok: true; value: FactForm; reason: string; sent: Record<string, string> }
	| { ok: false; answer: FactAnswer }
> {
	if (Number(request.headers.get('content-length') ?? 0) > MAX_EVIDENCE_BYTES + FORM_BYTES)
		return { ok: false, answer: { ...NO_ANSWER, errors: { file: 'errors.FILE_TOO_LARGE' } } }
	const form = await request.formData()
	const sent: Record<string, string> = {}
	for (const name of new Set(form.keys()))
		sent[name] = form
			.getAll(name)
			.filter((value) => typeof value === 'string')
			.join(' ')
			.replaceAll('\0', '')
			.trim()
	const errors: Record<string, string> = {}
	const day = (name: string) => {
		const read = dayField.safeParse(sent[name] ?? '')
		if (!read.success) errors[name] = 'errors.date'
		return read.success ? read.data : null
	}
	const validFrom = day('validFrom')
	const validUntil = day('validUntil')
	if (validFrom === null) errors.validFrom ??= 'errors.date'
	const file = form.get('file')
	if (Object.keys(errors).length > 0 || validFrom === null)
		return { ok: false, answer: { ...NO_ANSWER, errors, sent } }
	return {
		ok: true,
		value: {
			kind,
			values: Object.assign({}, ...FACT_FIELDS[kind].map((field) => valueOf(field, sent))),
			validFrom,
			validUntil,
			evidence: (sent.evidence ?? '').slice(0, 200),
			file: file instanceof File && file.size > 0 ? new Uint8Array(await file.arrayBuffer()) : null,
			isVerified: sent.isVerified === 'on',
		},
		reason: sent.reason ?? '',
		sent,
	}
}

function valueOf({ name, control, optional }: FactField, sent: Record<string, string>) {
	const text = sent[name] ?? ''
	switch (control) {
		case 'level': {
			const [scheme = '', level = ''] = text.split(' ')
			return { scheme, level }
		}
		case 'countries':
			return { [name]: text === '' ? [] : text.split(' ') }
		case 'flag':
			return { [name]: text === 'on' }
		default:
			return { [name]: optional && text === '' ? null : text }
	}
}

/** A refusal of the use case, at the field it is about. A scheme is chosen together with its level. */
export function refusedFact(refusal: Refusal, sent: Record<string, string>): FactAnswer {
	if (refusal.field === null) return { errors: {}, code: refusal.code, sent }
	const field = refusal.field === 'scheme' ? 'level' : refusal.field
	return { errors: { [field]: `errors.${refusal.problem ?? refusal.code}` }, code: null, sent }
}
