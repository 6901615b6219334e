import type { LoaderFunctionArgs } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import { requireActor } from '#app/utils/guards.server.ts'
import { handled } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	return handled(async () => ({ procedure: await args.context.services.breakGlass.procedure(actor) }))
}

const BLANKS = [
	'formEnvelope',
	'formAccount',
	'formOpened',
	'formWitness',
	'formFrom',
	'formReason',
	'formTold',
	'formUntil',
	'formSealed',
] as const

/** To be printed before it is needed: when it is, this page cannot be reached. */
export const meta = titled('titles.breakGlassProcedure')

export default function ProcedurePage() {
	const { t, format } = useWords()
	const { procedure } = useLoaderData<typeof loader>()
	const { review } = procedure
	const duration = format.duration(procedure.maximumSeconds * 1000)
	const names = (people: readonly string[]) =>
		people.length === 0 ? t('breakGlass.procNobody') : people.join(', ')
	return (
		<article className="stack">
			<h1>{t('breakGlass.procTitle')}</h1>
			<p className="notice no-print">{t('breakGlass.procPrint')}</p>
			<dl className="facts">
				<dt>{t('question.boundary')}</dt>
				<dd>
					{procedure.boundary}, {procedure.organisation}
				</dd>
				<dt>{t('shell.charter')}</dt>
				<dd>
					{t('breakGlass.procCharter', {
						version: procedure.charterVersion,
						date: format.date(procedure.inForceFrom),
					})}{' '}
					<code data-testid="charter-digest">{procedure.charterTextSha256}</code>
				</dd>
				<dt>{t('breakGlass.procPrinted')}</dt>
				<dd>{format.instant(procedure.printedAt)}</dd>
			</dl>
			<section className="stack">
				<h2>{t('breakGlass.procWhen')}</h2>
				<p>{t('breakGlass.procWhenText')}</p>
			</section>
			<section className="stack">
				<h2>{t('breakGlass.procWho')}</h2>
				<ul className="bullets">
					{procedure.usedBy.map(({ title, people }) => (
						<li key={title}>
							<strong>{title}</strong>: {names(people)}
						</li>
					))}
				</ul>
				<p>{t('breakGlass.procTwo')}</p>
			</section>
			<section className="stack">
				<h2>{t('breakGlass.procSteps')}</h2>
				<ol className="numbers">
					<li>{t('breakGlass.procStep1')}</li>
					<li>{t('breakGlass.procStep2')}</li>
					<li>{t('breakGlass.procStep3', { duration })}</li>
					<li>
						{t('breakGlass.procStep4', {
							roles: procedure.tells.map(({ title, people }) => `${title} (${names(people)})`).join('; '),
						})}
					</li>
					<li>{t('breakGlass.procStep5')}</li>
					<li>
						{t('breakGlass.procStep6', {
							role: review.title,
							duration: format.duration(review.withinSeconds * 1000),
						})}
					</li>
				</ol>
			</section>
			<section className="stack">
				<h2>{t('breakGlass.procScope')}</h2>
				<ul className="bullets">
					{procedure.roles.map(({ title, entraRole, scope }) => (
						<li key={title}>
							{title}: {entraRole} ({scope === '/' ? t('requests.wholeTenant') : <code>{scope}</code>})
						</li>
					))}
				</ul>
				<p>{t('breakGlass.procAccounts')}</p>
			</section>
			<section className="stack">
				<h2>{t('breakGlass.procReview')}</h2>
				<p>
					{review.quorum} × {review.title}: {names(review.people)}
				</p>
			</section>
			<section className="card">
				<h2>{t('breakGlass.procForm')}</h2>
				<dl className="paper-form">
					{BLANKS.map((blank) => (
						<div key={blank} className={blank === 'formReason' ? 'paper-line paper-line-tall' : 'paper-line'}>
							<dt>{t(`breakGlass.${blank}`)}</dt>
							<dd aria-hidden="true">&nbsp;</dd>
						</div>
					))}
				</dl>
			</section>
		</article>
	)
}
