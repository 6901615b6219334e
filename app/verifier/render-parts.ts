import { PROVIDER_NAMES } from '#app/components/lockbox-words.ts'
import { requirementText } from '#app/messages/reasons-in-words.ts'
import type { Text, TextKey } from '#app/messages/create-text.ts'
import type { Formats } from '#app/utils/format.ts'
import type { AccessRow, Named } from '#workflows/audit-export/access-book.ts'
import type { Manifest } from '#workflows/audit-export/manifest.ts'
import type { BundleReport, Unchecked } from '#workflows/audit-export/report.ts'
import { html, type Html } from './html.ts'

export type Words = { t: Text; format: Formats }
/** More rows than these nobody reads on one page; all of them count. */
const SHOWN = 2000

const facts = (rows: readonly (readonly [string, string | Html])[]) =>
	html`<dl>
		${rows.map(
			([name, value]) =>
				html`<div>
					<dt>${name}</dt>
					<dd>${value}</dd>
				</div>`,
		)}
	</dl>`

/** What a bundle was asked for, by whom and when. */
export function renderManifest(
	{ t, format }: Words,
	manifest: Omit<Manifest, 'summarySha256'>,
	by?: string,
): Html {
	const { filter } = manifest
	const list = (values: readonly string[], all: string) => (values.length === 0 ? all : values.join(', '))
	const period = [
		...(filter.from === null ? [] : [t('bundle.periodFrom', { from: format.instant(filter.from) })]),
		...(filter.until === null ? [] : [t('bundle.periodUntil', { until: format.instant(filter.until) })]),
	]
	return facts([
		[t('bundle.boundary'), manifest.origin],
		[t('bundle.generatedAt'), `${format.instant(manifest.generatedAt)} (${manifest.generatedAt})`],
		[t('bundle.by'), by ?? manifest.by],
		[t('bundle.period'), period.length === 0 ? t('bundle.periodAll') : period.join(', ')],
		[t('bundle.people'), list(filter.people, t('bundle.everyone'))],
		[t('bundle.roles'), list(filter.roles, t('bundle.allRoles'))],
		[t('bundle.facilities'), list(filter.facilities, t('bundle.allFacilities'))],
		...(filter.boundaries ? ([[t('audit.boundaries'), filter.boundaries.join(', ')]] as const) : []),
		[t('bundle.profile'), t(`bundle.profile_${manifest.profile}`)],
	])
}

/** How much there was. */
export function renderNumbers({ t, format }: Words, counts: Partial<BundleReport['counts']>): Html {
	const rows = [
		['entries', counts.entries],
		['openings', counts.openings],
		['proofs', counts.proofs],
		['decisions', counts.decisions],
		['otherDecisions', counts.unopenedDecisions],
		['synced', counts.syncedSignatures],
		['enrolments', counts.enrolments],
		['revoked', counts.revoked],
		['charters', counts.charters],
		['grants', counts.grants],
		['live', counts.liveGrants],
		['breakGlassUses', counts.breakGlass],
		['breakGlassReviewed', counts.breakGlassReviewed],
		['lockboxRequests', counts.lockbox],
		['lockboxOutOfBand', counts.lockboxOutOfBand],
		['findings', counts.findings],
		['findingsRemoved', counts.findingsRemoved],
	] as const
	return facts(
		rows.flatMap(([key, value]) =>
			value === undefined ? [] : [[t(`bundle.${key}`), format.number(value)] as const],
		),
	)
}

/** In the reader's language where the code is one that this page knows. */
function uncheckedText(t: Text, code: string, message: string): string {
	const key = `bundle.unchecked_${code}`
	const text = t(key as TextKey)
	return text === key ? message : text
}

/** What could not be checked, each kind once with how often. */
export function renderUnchecked({ t }: Words, unchecked: readonly Unchecked[]): Html {
	if (unchecked.length === 0) return html`<p>${t('bundle.uncheckedNone')}</p>`
	return html`<ul class="findings">
		${unchecked.map(
			({ code, message, count, where }) =>
				html`<li>
					<strong>${uncheckedText(t, code, message)}</strong>
					<span class="muted">(${t('bundle.times', { count })}) <code>${code}</code></span>
					<div class="muted small">${where.slice(0, 5).join(', ')}${count > 5 ? ' …' : ''}</div>
				</li>`,
		)}
	</ul>`
}

/** One row for each request, with its access laid against charter and facts. */
export function renderAccesses(words: Words, accesses: readonly AccessRow[]): Html {
	const { t, format } = words
	if (accesses.length === 0) return html`<p>${t('bundle.accessesNone')}</p>`
	const shown = accesses.slice(0, SHOWN)
	const part =
		shown.length < accesses.length
			? html`<p>
					${t('bundle.accessesShown', {
						shown: format.number(shown.length),
						count: format.number(accesses.length),
					})}
				</p>`
			: null
	return html`${part}
		<div class="scroll" role="region" aria-label="${t('bundle.accesses')}" tabindex="0">
			<table>
				<thead>
					<tr>
						<th scope="col">${t('bundle.who')}</th>
						<th scope="col">${t('bundle.what')}</th>
						<th scope="col">${t('bundle.decided')}</th>
						<th scope="col">${t('bundle.when')}</th>
						<th scope="col">${t('bundle.covered')}</th>
					</tr>
				</thead>
				<tbody>
					${shown.map((row) => renderAccess(words, row))}
				</tbody>
			</table>
		</div>`
}

const nameOf = ({ t }: Words, { id, name }: Named) => name ?? t('bundle.unnamed', { id: id.slice(-8) })

function renderAccess(words: Words, row: AccessRow): Html {
	const { t, format } = words
	const state = row.state === 'approved' ? t('bundle.approvedState') : t(`bundle.${row.state}`)
	return html`<tr>
		<td data-label="${t('bundle.who')}">
			${row.lockbox === null || row.lockbox.isInside ? nameOf(words, row.person) : (row.lockbox.disclosedName ?? t('lockbox.undisclosed'))}
			<div class="muted small">${t('bundle.entry', { index: row.entry })}</div>
		</td>
		<td data-label="${t('bundle.what')}">
			${row.lockbox === null ? (row.roleTitle ?? row.role) : t('bundle.customerContent', { provider: t(PROVIDER_NAMES[row.lockbox.provider]) })}
			<div class="small">${row.reason ?? ''}</div>
			<div class="muted small">${row.ticket ?? ''}</div>
			${renderBreakGlass(words, row)}
			${row.lockbox?.isOutOfBand ? html`<div class="small bad">${t('audit.outOfBand')}</div>` : null}
		</td>
		<td data-label="${t('bundle.decided')}">
			<ul class="plain">
				${row.decisions.map(
					(decision) =>
						html`<li>
							${t(decision.verdict === 'approve' ? 'bundle.approved' : 'bundle.deniedBy', {
								name: nameOf(words, decision.person),
							})}
							${row.lockbox?.fallen.includes(decision.person.id) ? ` (${t('audit.fallen')})` : ''}
							<div class="muted small">
								${format.instant(decision.at)} · ${t('bundle.entry', { index: decision.entry })}
							</div>
						</li>`,
				)}
			</ul>
		</td>
		<td data-label="${t('bundle.when')}">
			<span class="state">${state}</span>
			${
				row.startsAt === null
					? null
					: html`<div class="small">
							${format.instant(row.startsAt)} –
							${row.endedAt === null ? t('bundle.stillLive') : format.instant(row.endedAt)}
						</div>`
			}
		</td>
		<td data-label="${t('bundle.covered')}">
			${row.lockbox === null ? renderCoverage(words, row) : t('bundle.coveredByProvider')}
		</td>
	</tr>`
}

/** That an access was by break-glass, who reviewed it, and whether the review is done. */
function renderBreakGlass(words: Words, { breakGlass }: AccessRow): Html | null {
	if (breakGlass === null) return null
	const { t, format } = words
	const { isOffline, isReviewed, reviews } = breakGlass
	return html`<div class="small ${isReviewed ? 'good' : 'bad'}">
			${t(isOffline ? 'bundle.breakGlassOffline' : 'bundle.breakGlass')}:
			${t(isReviewed ? 'bundle.breakGlassDone' : 'bundle.breakGlassOwed')}
		</div>
		<ul class="plain small">
			${reviews.map(
				({ person, verdict, at, entry }) =>
					html`<li>
						${t(verdict === 'justified' ? 'bundle.foundJustified' : 'bundle.foundNotJustified', {
							name: nameOf(words, person),
						})}
						<span class="muted">${format.instant(at)} · ${t('bundle.entry', { index: entry })}</span>
					</li>`,
			)}
		</ul>`
}

function renderCoverage({ t, format }: Words, { coverage, startsAt }: AccessRow): Html {
	if (startsAt === null) return html`<span class="muted">${t('bundle.notBegun')}</span>`
	if (coverage === null) return html`<span class="muted">${t('bundle.sealedFacts')}</span>`
	if (coverage.isCovered) {
		const ends =
			coverage.stretches.at(-1)?.clauses.flatMap(({ until }) => (until === null ? [] : [until])) ?? []
		const [first] = ends.sort()
		return html`<span class="good">✓ ${t('bundle.coveredThroughout')}</span>
			<div class="muted small">
				${first === undefined ? '' : t('bundle.coveredUntil', { until: format.instant(first) })}
			</div>`
	}
	return html`<ul class="plain">
		${coverage.gaps.map(({ from, until, charterVersion, denials }) => {
			const span = { from: format.instant(from), until: format.instant(until) }
			return html`<li class="bad">
				✗
				${
					charterVersion === null
						? t('bundle.gapNoCharter', span)
						: t('bundle.gap', { ...span, version: charterVersion })
				}
				<ul class="small">
					${denials.map((denial) => html`<li>${requirementText({ t, format }, denial)}</li>`)}
				</ul>
			</li>`
		})}
	</ul>`
}
