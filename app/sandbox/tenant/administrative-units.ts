import { z } from 'zod'
import type { Answer, Asked, Context } from './surface.ts'
import type { TypeOf } from './principals.ts'

const PATH = '/directoryObjects/getByIds'
export const DIRECTORY_READ = 'Directory.Read.All'
const bodySchema = z.strictObject({
	ids: z.array(z.uuid()).max(1000),
	types: z.array(z.string()).optional(),
})

/**
 * `POST /directoryObjects/getByIds` for administrative units, which is all that the product asks it for. The sandbox makes none:
 * every id that is nothing else is one, until it is deleted.
 */
export const createAdministrativeUnits = ({
	typeOf,
	isGone,
	context,
}: {
	typeOf: TypeOf
	isGone: (scope: string) => boolean
	context: Context
}) => ({
	answer({ method, path, body, demand }: Asked): Answer | null {
		if (method !== 'POST' || path !== PATH) return null
		demand(DIRECTORY_READ)
		const { ids, types } = bodySchema.parse(body())
		const value = ids
			.filter(
				(id) =>
					types?.includes('administrativeUnit') !== false &&
					typeOf(id) === null &&
					!isGone(`/administrativeUnits/${id}`),
			)
			.map((id) => ({
				'@odata.type': '#microsoft.graph.administrativeUnit',
				id,
				displayName: `Unit ${id.slice(0, 4)}`,
			}))
		return { status: 200, result: { '@odata.context': `${context()}directoryObjects`, value } }
	},
})
