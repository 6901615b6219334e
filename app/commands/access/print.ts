import { formats } from '#app/utils/format.ts'
import type { Problem, Request } from './answers.ts'

const format = formats('en', 'UTC')

export const line = (text: string) => process.stdout.write(`${text}\n`)
export const json = (value: unknown) => line(JSON.stringify(value, null, 2))

/** Rows under their heads, each column as wide as what stands in it. Control characters are shown and never obeyed. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
	const all = [heads, ...rows.map((row) => row.map(shown))]
	const widths = heads.map((_, column) => Math.max(...all.map((row) => [...(row[column] ?? '')].length)))
	return all
		.map((row) =>
			row
				.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length))
				.join('  ')
				.trimEnd(),
		)
		.join('\n')
}

/** A terminal obeys what others typed into a reason: an escape must not reach it. */
export const shown = (text: string) => text.replaceAll(/\p{Cc}/gu, '\ufffd')

export const duration = (seconds: number) => format.duration(seconds * 1000)
export const instant = (at: string | null) => (at === null ? '-' : format.instant(at))

const WORDS: Readonly<Record<string, string>> = {
	needs_you: 'needs you',
	timed_out: 'timed out',
	not_confirmed: 'REMOVAL NOT CONFIRMED',
	drifted: 'ENTRA DIFFERS',
	active: 'active, confirmed by Entra',
	ended: 'ended, confirmed by Entra',
	provisioning: 'approved, Entra has not confirmed yet',
	ending: 'ending, Entra has not confirmed yet',
}
export const stateWords = (state: string) => WORDS[state] ?? state

/** One line on where a request stands. */
export function stateLine({ number, title, state, waitsFor, grant, denial, voidedBy }: Request): string {
	const more =
		state === 'waiting' && waitsFor !== null
			? ` for the ${waitsFor}`
			: state === 'active' && grant?.until
				? `, until ${instant(grant.until)}`
				: denial !== null
					? ` by ${denial.by}: ${denial.reason}`
					: voidedBy === null
						? ''
						: ` (${voidedBy})`
	return shown(`R-${number} ${title}: ${stateWords(state)}${more}`)
}

/** A refusal with every reason, for standard error. */
export function problemText({ detail, code, requestId, errors, reasons, refused }: Problem): string {
	const lines = [
		`${detail} (${code}, request ${requestId})`,
		...errors
			.filter((error) => error.detail !== detail)
			.map(({ pointer, parameter, detail: what }) => `  ${pointer ?? parameter ?? ''}: ${what}`),
		...reasons.map(({ requirement, found, fix, who }) => `  ${requirement}: ${found}. ${fix} ${who}`),
		...refused.map(({ role, detail: what }) => `  ${role}: ${what}`),
	]
	return `${lines.map(shown).join('\n')}\n`
}
