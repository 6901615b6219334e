/** More groups than this no stage has. */
export const MOST_GROUPS = 5

/** So many people of one role. */
export type StageGroup = { from: string; quorum: number }

/** A stage as a charter or a request says it: one group, and others that decide at the same time. */
export type Grouped = StageGroup & { alongside?: readonly StageGroup[] | undefined }

/** Every group of a stage, the one that it is named after first. All of them must be filled, in any order. */
export const groupsOf = ({ from, quorum, alongside = [] }: Grouped): StageGroup[] => [
	{ from, quorum },
	...alongside.map((group) => ({ from: group.from, quorum: group.quorum })),
]
