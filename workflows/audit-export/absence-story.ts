import type { LeafOf } from '../ledger/entry.schema.ts'
import { problem, type StoryProblem } from './problem.ts'

type Absence = { person: string; standIn: string | null; from: string; until: string }

export type AbsenceStory = ReturnType<typeof createAbsenceStory>

/** Who was away when, and who stood in for them, as the entries of a log say it. */
export function createAbsenceStory() {
	/** By the entry that recorded it, and by its id. */
	const absences = new Map<string, Absence>()
	const byId = new Map<string, Absence>()
	return {
		tellRecorded({ id, subject, actor, open }: LeafOf<'absence.recorded'>): StoryProblem[] {
			if (subject === null || subject !== actor)
				return [problem('ABSENCE_OF_ANOTHER', 'somebody is said to be away by somebody else')]
			const absence = { person: subject, standIn: open.standInId, from: open.from, until: open.until }
			absences.set(id, absence)
			byId.set(open.absenceId, absence)
			return []
		},
		tellEnded({ time, open }: LeafOf<'absence.ended'>): StoryProblem[] {
			const absence = byId.get(open.absenceId)
			if (!absence) return [problem('ABSENCE_UNKNOWN', 'an absence ends that was not recorded before')]
			if (time < absence.until) absence.until = time
			return []
		},
		/** Whether this absence made them stand in at that time, for none of these people. */
		standsIn(
			entryId: string,
			{ standIn, at, notFor }: { standIn: string; at: string; notFor: readonly (string | null)[] },
		): boolean {
			const absence = absences.get(entryId)
			return (
				absence !== undefined &&
				absence.standIn === standIn &&
				absence.from <= at &&
				at < absence.until &&
				!notFor.includes(absence.person)
			)
		},
	}
}
