import type { ExplanationView } from '#app/services/charter/views.ts'
import type { Formats } from '#app/utils/format.ts'
import type { Text } from './create-text.ts'
import { findingText, fixText, requirementText } from './reasons-in-words.ts'

type Words = { t: Text; format: Formats }

/** The answer as one sentence: who may, or may not, and how. */
export function explanationHeadline(
	{ t }: Words,
	{ person, role, part, stage, verdict }: ExplanationView,
): string {
	const kind = `${part}_${verdict.permit ? 'permit' : 'deny'}` as const
	return t(`explain.${kind}`, {
		name: person.name,
		role: role.title,
		stage: stage?.number ?? 0,
		stageRole: stage?.title ?? '',
	})
}

/** An explanation as plain text, to be printed, sent or filed; the command line prints the same. */
export function explanationText(words: Words, told: ExplanationView): string {
	const { t, format } = words
	const { verdict, charter, facility, durationSeconds } = told
	const clauses = verdict.clauses.map((clause) => {
		const end =
			clause.until === null ? '' : ` (${t('explain.clauseUntil', { date: format.instant(clause.until) })})`
		if (clause.satisfied) return `[x] ${requirementText(words, clause)}${end}`
		const { fix, who } = fixText(words, clause)
		return `[ ] ${requirementText(words, clause)}: ${findingText(words, clause.found)}. ${fix} ${who}`
	})
	return [
		explanationHeadline(words, told),
		...(verdict.permit
			? [
					verdict.until === null
						? t('reasons.holds')
						: t('reasons.holdsUntil', { date: format.instant(verdict.until) }),
				]
			: []),
		'',
		...clauses,
		'',
		`${t('explain.at')}: ${format.instant(told.at)} (${told.at})`,
		`${t('explain.knownAt')}: ${format.instant(told.knownAt)} (${told.knownAt})`,
		...(facility === null ? [] : [`${t('explain.facility')}: ${facility}`]),
		...(durationSeconds === 0
			? []
			: [`${t('explain.duration')}: ${format.duration(durationSeconds * 1000)}`]),
		`${t('explain.scope')}: ${t(told.isMomentary ? 'explain.momentary' : 'explain.standing')}`,
		`${t('explain.charter')}: ${t('explain.charterVersion', { title: charter.title, version: charter.version })}, SHA-256 ${charter.textSha256}`,
		`${t('explain.digest')}: ${told.verdictSha256}`,
		'',
	].join('\n')
}
