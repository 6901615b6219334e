/** `scimType` of RFC 7644, section 3.12. */
export type ScimType =
	| 'invalidFilter'
	| 'tooMany'
	| 'uniqueness'
	| 'mutability'
	| 'invalidSyntax'
	| 'invalidPath'
	| 'noTarget'
	| 'invalidValue'

/** A refusal as SCIM says it: a status, a sentence that says what to do, and a keyword where the standard has one. */
export class ScimError extends Error {
	override readonly name = 'ScimError'
	readonly status: number
	readonly scimType: ScimType | null

	constructor(status: number, scimType: ScimType | null, detail: string) {
		super(detail)
		this.status = status
		this.scimType = scimType
	}
}

export const invalidValue = (detail: string) => new ScimError(400, 'invalidValue', detail)

/** The body of an error (RFC 7644, section 3.12); the status is a string there. */
export const errorBody = ({ status, scimType, message }: ScimError) => ({
	schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
	status: String(status),
	...(scimType === null ? {} : { scimType }),
	detail: message,
})
