import type { Question } from '#app/services/audit/question/answer-question.server.ts'
import { readHistoryFilter, sentFilterOf } from './history-filter.server.ts'

/** A question from the address: null while nothing is asked, or where something cannot be read, which `errors` names. */
export function readQuestion(request: Request, charters: readonly { charterId: string }[]) {
	const form = readHistoryFilter(request)
	const { from, until, zone } = sentFilterOf(request, form)
	const { searchParams } = new URL(request.url)
	const isAsked = searchParams.has('from') || searchParams.has('until')
	const errors: Record<string, string> = { ...form.errors }
	if (isAsked && form.filter.from === undefined) errors.from ??= 'errors.periodNeeded'
	if (isAsked && form.filter.until === undefined) errors.until ??= 'errors.periodNeeded'
	const charterId = searchParams.get('charter') ?? charters[0]?.charterId ?? ''
	const isReadable = Object.keys(errors).length === 0
	const question: Question | null =
		isReadable && form.filter.from !== undefined && form.filter.until !== undefined
			? { charterId, from: form.filter.from, until: form.filter.until, zone: form.zone }
			: null
	return { question, errors, sent: { charterId, from, until, zone } }
}

/** The month before and the one under way, as a period to begin with: local time of whole days. */
export function usualPeriod(now: Date): { from: string; until: string } {
	const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1))
	const last = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1))
	return {
		from: `${first.toISOString().slice(0, 10)}T00:00`,
		until: `${last.toISOString().slice(0, 10)}T00:00`,
	}
}
