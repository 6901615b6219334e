import type { ExplainForm } from '#app/services/charter/explain.server.ts'
import { instantField } from './form.server.ts'
import { queryOf } from './http.server.ts'

const PARTS = ['holder', 'requester', 'beneficiary', 'approver'] as const

/** The question of the explorer from its address, but for the person. Fields that cannot be read are named. */
export function explainFormOf(request: Request): {
	question: Omit<ExplainForm, 'personId'>
	errors: Record<string, string>
} {
	const query = queryOf(request)
	const errors: Record<string, string> = {}
	const instant = (name: 'at' | 'knownAt') => {
		const read = instantField.safeParse(query(name) ?? '')
		if (!read.success) errors[name] = 'errors.instant'
		return read.data ?? undefined
	}
	const whole = (name: string, min: number, max: number) => {
		const text = query(name)
		if (text === undefined) return undefined
		const value = Number(text)
		if (Number.isSafeInteger(value) && value >= min && value <= max) return value
		errors[name] = 'errors.number'
		return undefined
	}
	const minutes = whole('minutes', 1, 525_600)
	return {
		question: {
			role: query('role') ?? '',
			part: PARTS.find((part) => part === query('part')),
			stage: whole('stage', 1, 9),
			facility: query('facility'),
			durationSeconds: minutes === undefined ? undefined : minutes * 60,
			at: instant('at'),
			knownAt: instant('knownAt'),
			version: whole('version', 1, 1_000_000),
			isMomentary: query('momentary') !== undefined,
		},
		errors,
	}
}
