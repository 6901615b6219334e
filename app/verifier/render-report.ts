import type { AccessRow } from '#workflows/audit-export/access-book.ts'
import type { BundleReport, Failure } from '#workflows/audit-export/report.ts'
import { html, type Html } from './html.ts'
import { renderAccesses, renderManifest, renderNumbers, renderUnchecked, type Words } from './render-parts.ts'

const VERDICTS = {
	verified: { tone: 'good', mark: '✓', key: 'verified' },
	'verified in part': { tone: 'part', mark: '◐', key: 'partly' },
	refused: { tone: 'bad', mark: '✗', key: 'refused' },
} as const

const hasGap = ({ coverage }: AccessRow) => coverage !== null && !coverage.isCovered

/** What verifying came to, in words; `failureText` says one thing that does not hold, by itself as the verifier does. */
export function renderReport(
	words: Words,
	report: BundleReport,
	failureText = ({ message }: Failure) => message,
): Html {
	const { t } = words
	const { tone, mark, key } = VERDICTS[report.verdict]
	return html`<section class="verdict ${tone}">
			<h2><span aria-hidden="true">${mark}</span> ${t(`bundle.${key}`)}</h2>
			<p>${t(`bundle.${key}Text`)}</p>
			${
				report.verdict !== 'refused' && report.accesses.some(hasGap)
					? html`<p class="bad"><strong>${t('bundle.gapsText')}</strong></p>`
					: null
			}
		</section>
		${
			report.failures.length === 0
				? null
				: html`<section class="card">
						<h2>${t('bundle.failures')}</h2>
						<ul class="findings">
							${report.failures.map(
								(failure) =>
									html`<li>
										<strong>${failure.where}</strong>: ${failureText(failure)} <code>${failure.code}</code>
									</li>`,
							)}
						</ul>
					</section>`
		}
		<section class="card">
			<h2>${t('bundle.statements')}</h2>
			<dl>
				${statements(words, report).map(
					([name, isGood, text]) =>
						html`<div>
							<dt>${name}</dt>
							<dd>
								<span class="${isGood === null ? 'muted' : isGood ? 'good' : 'bad'}" aria-hidden="true"
									>${isGood === null ? '–' : isGood ? '✓' : '✗'}</span
								>
								${text}
							</dd>
						</div>`,
				)}
			</dl>
			<p class="muted small">${t('bundle.notProvable')}</p>
		</section>
		${
			report.verdict === 'refused'
				? null
				: html`<section class="card">
						<h2>${t('bundle.unchecked')}</h2>
						${report.unchecked.length === 0 ? null : html`<p class="muted">${t('bundle.uncheckedLead')}</p>`}
						${renderUnchecked(words, report.unchecked)}
					</section>`
		}
		${
			report.manifest === null
				? null
				: html`<section class="card">
						<h2>${t('bundle.asked')}</h2>
						${renderManifest(words, report.manifest)}
					</section>`
		}
		${
			report.verdict === 'refused'
				? null
				: html`<section class="card">
						<h2>${t('bundle.accesses')}</h2>
						${renderAccesses(words, report.accesses)}
					</section>`
		}
		<section class="card">
			<h2>${t('bundle.numbers')}</h2>
			${renderNumbers(words, report.counts)}
		</section>`
}

type Statement = readonly [string, boolean | null, string]

/** One line for each thing that a bundle can show, with whether it does; null where it says nothing of it. */
function statements(words: Words, report: BundleReport): Statement[] {
	return [logSigned(words, report), witnessed(words, report), older(words, report), ...content(words, report)]
}

function logSigned({ t }: Words, { log }: BundleReport): Statement {
	const text = !log.isSigned
		? t('bundle.logUnsigned')
		: log.isKeyPinned
			? t('bundle.logSignedPinned')
			: t('bundle.logSignedOwn', { vkey: log.vkey ?? '' })
	const rotated = log.rotations > 0 ? ` ${t('bundle.rotated', { count: log.rotations })}` : ''
	return [t('bundle.logSigned'), log.isSigned, text + rotated]
}

function witnessed({ t }: Words, { witnesses: { state, by } }: BundleReport): Statement {
	const names = by.length === 0 ? t('bundle.nobody') : by.map(({ name, at }) => `${name} (${at})`).join(', ')
	switch (state) {
		case 'none':
			return [t('bundle.witnessed'), null, t('bundle.witnessNone')]
		case 'met':
			return [t('bundle.witnessed'), true, t('bundle.witnessMet', { names })]
		case 'not_met':
			return [t('bundle.witnessed'), false, t('bundle.witnessNotMet', { names })]
	}
}

function older({ t, format }: Words, { since }: BundleReport): Statement {
	if (since === null) return [t('bundle.older'), null, t('bundle.olderNone')]
	const size = format.number(since.size)
	return since.isContained
		? [t('bundle.older'), true, t('bundle.olderHeld', { size })]
		: [t('bundle.older'), false, t('bundle.olderBroken', { size })]
}

function content({ t, format }: Words, report: BundleReport): Statement[] {
	const { manifest, counts, accesses, verdict, unchecked } = report
	if (manifest === null || verdict === 'refused')
		return [[t('bundle.complete'), false, t('bundle.completeNot')]]
	const begun = accesses.filter(({ startsAt, lockbox }) => startsAt !== null && lockbox === null)
	const laid = begun.filter(({ coverage }) => coverage !== null)
	const covered = laid.filter(({ coverage }) => coverage?.isCovered).length
	const isWhole = !unchecked.some(({ code }) => code === 'FACILITY_FILTER')
	return [
		[
			t('bundle.complete'),
			isWhole ? true : null,
			isWhole
				? t(manifest.findings === undefined ? 'bundle.completeText' : 'bundle.completeBoth', {
						entries: format.number(counts.entries),
						selected: format.number(counts.selected),
						requests: format.number(manifest.requests),
						findings: format.number(manifest.findings ?? 0),
					})
				: t('bundle.completeNot'),
		],
		counts.reevaluated > 0
			? [t('bundle.eligibility'), true, t('bundle.eligibilityText', { count: counts.reevaluated })]
			: [t('bundle.eligibility'), null, t('bundle.eligibilityNone')],
		begun.length === 0
			? [t('bundle.coverage'), null, t('bundle.coverageNone')]
			: laid.length < begun.length
				? [t('bundle.coverage'), null, t('bundle.coverageSealed')]
				: [
						t('bundle.coverage'),
						covered === laid.length,
						t('bundle.coverageText', { covered, count: laid.length, gaps: laid.length - covered }),
					],
	]
}
