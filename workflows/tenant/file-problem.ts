/** What is wrong with a file that was exported of a tenant. A part with a problem is unknown; the others stand. Codes are stored. */
export type FileProblem = {
	file: string
	code: 'unknownName' | 'tooLarge' | 'notText' | 'notJson' | 'notAList' | 'refusal' | 'badRow' | 'missingPage'
	/** What the sentence names: a number of a row, what Graph said. */
	detail: Record<string, string | number>
}
