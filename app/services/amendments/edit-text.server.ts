import { loadAmendment } from '#db/queries/amendments.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import { readCharter } from '../charter/read-charter.server.ts'
import { showPlaces } from '../charter/show-places.server.ts'
import type { Deps } from '../deps.ts'
import { withVersion } from './splice-charter.ts'
import type { EditorView } from './views.ts'

/** What the editor of a new amendment begins with: the charter in force, or a template, as the next version of it. */
export async function beginAmendment(
	deps: Deps,
	actor: Actor,
	template: string | undefined,
): Promise<EditorView> {
	demand(actor, 'charter:amend')
	const base = await deps.charters.inForce(deps.database.db)
	const text = template === undefined ? base.yaml : deps.templates.get(template)
	if (text === undefined) throw new DomainError('NOT_FOUND', 'No such template.', { template })
	const next = { id: base.charterId, version: base.version + 1 }
	return {
		yaml: withVersion(text, next),
		reason: '',
		inForceFrom: null,
		lockVersion: null,
		version: base.version,
		isRebased: false,
		templates: [...deps.templates.keys()],
		places: template === undefined ? await showPlaces(deps, base.charter) : null,
	}
}

/** What the editor of a draft begins with. Its number is that of the next version, whatever it was drafted from. */
export async function reopenAmendment(deps: Deps, actor: Actor, id: string): Promise<EditorView> {
	demand(actor, 'charter:amend')
	const { row } = await loadAmendment(deps.database.db, id)
	if (row.state !== 'draft')
		throw new DomainError('ILLEGAL_TRANSITION', 'Only the text of a draft can be changed.')
	const base = await deps.charters.inForce(deps.database.db)
	return {
		yaml: withVersion(row.yaml, { id: base.charterId, version: base.version + 1 }),
		reason: row.reason,
		inForceFrom: row.context.inForceFrom,
		lockVersion: row.lockVersion,
		version: base.version,
		isRebased: row.baseVersionId !== base.id,
		templates: [],
		places: await showPlaces(deps, readCharter(row.yaml).charter),
	}
}
