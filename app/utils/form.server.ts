import { z } from 'zod'

export type FormOutcome<T> =
	| { ok: true; value: T; sent: Record<string, string> }
	| { ok: false; errors: Record<string, string>; sent: Record<string, string> }

/**
 * Reads a form by its schema, whose messages are keys of the catalogue. Text fields only; a NUL character, which the
 * database cannot hold, is taken out. What was sent comes back, so that nothing typed is lost.
 */
export async function readForm<S extends z.ZodType>(
	request: Request,
	schema: S,
): Promise<FormOutcome<z.infer<S>>> {
	return parseForm(await request.formData(), schema)
}

/** As `readForm`, on a form that has been read already. */
export function parseForm<S extends z.ZodType>(form: FormData, schema: S): FormOutcome<z.infer<S>> {
	const sent: Record<string, string> = {}
	for (const [name, value] of form) {
		if (typeof value === 'string') sent[name] = value.replaceAll('\0', '')
	}
	const parsed = schema.safeParse(sent)
	if (parsed.success) return { ok: true, value: parsed.data, sent }
	const errors: Record<string, string> = {}
	for (const { path, message } of parsed.error.issues) {
		const field = String(path[0] ?? 'form')
		errors[field] ??= message.startsWith('errors.') ? message : 'errors.required'
	}
	return { ok: false, errors, sent }
}

/** The form with all values of a field that may be given several times in one, separated by commas. */
export function joined(form: FormData, name: string): FormData {
	const values = form.getAll(name).filter((value) => typeof value === 'string')
	if (values.length > 1) form.set(name, values.join(','))
	return form
}

/** An instant from a date-and-time field, read as UTC; an empty field is null. */
export const instantField = z
	.string()
	.trim()
	.regex(/^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?)?$/, 'errors.instant')
	.transform((text, context) => {
		if (text === '') return null
		const date = new Date(`${text}Z`)
		if (!Number.isNaN(date.getTime()) && date.toISOString().startsWith(text.slice(0, 16))) return date
		context.addIssue({ code: 'custom', message: 'errors.instant' })
		return z.NEVER
	})

/** A day from a date field as the instant at which it begins in UTC; an empty field is null. */
export const dayField = z
	.string()
	.trim()
	.regex(/^(\d{4}-\d{2}-\d{2})?$/, 'errors.date')
	.transform((text, context) => {
		if (text === '') return null
		const date = new Date(`${text}T00:00:00.000Z`)
		if (!Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)) return date
		context.addIssue({ code: 'custom', message: 'errors.date' })
		return z.NEVER
	})
