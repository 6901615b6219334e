/** An answer that Graph gives in place of what was asked for. */
export class GraphError extends Error {
	override readonly name = 'GraphError'
	readonly status: number
	readonly code: string
	readonly headers: Readonly<Record<string, string>>

	constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
		super(message)
		this.status = status
		this.code = code
		this.headers = headers
	}
}

/** PIM nests JSON inside the message when the app lacks a permission. */
export function missingPermission(permission: string): GraphError {
	const nested = {
		errorCode: 'PermissionScopeNotGranted',
		message: `Authorization failed due to missing permission scope ${permission}.`,
		instanceAnnotations: [],
	}
	return new GraphError(403, 'UnknownError', JSON.stringify(nested))
}

export const badRequest = (code: string, message: string) => new GraphError(400, code, message)
export const notFound = (code: string, message: string) => new GraphError(404, code, message)
