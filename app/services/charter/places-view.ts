import type { JudgedPlace, PLACE_TROUBLES, PlaceTrouble } from '#workflows/tenant/charter-places.ts'
import type { RoleName } from '../views.ts'

/** A place that a role of a charter gives, and whether the tenant could give it. */
export type PlaceView = Omit<JudgedPlace, 'troubles'> & {
	role: RoleName
	/** What the charter calls the place. */
	charterName: string
	/** By what the charter names it: of these, what stands in the way is about one. */
	ids: { roleTemplateId: string | null; scope: string | null; groupId: string | null }
	troubles: { code: PlaceTrouble; mender: (typeof PLACE_TROUBLES)[PlaceTrouble] }[]
	/** It is about to be looked at. */
	isWaiting: boolean
}

export type PlacesView = {
	/** No tenant is set: the sandbox says nothing of the one that will be. */
	isSandbox: boolean
	tenantName: string
	places: PlaceView[]
}
