import { Form } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { SyncView } from '#app/services/tenant/views.ts'
import { Button } from './ui/form.tsx'
import { Icon } from './ui/icon.tsx'
import { Time } from './ui/time.tsx'

/** How the reading of the tenant stands, what stands in its way, and what to do about it. */
export function AccountSync({ sync }: { sync: SyncView }) {
	const { t, format } = useWords()
	const { state, finishedAt, trouble, code, since, againAt, methods, lacks } = sync
	const said = (at: string, word: string | null) =>
		t('tenant.troubleSince', { date: format.instant(at), code: word ?? '–' })
	return (
		<section className="card stack stack-tight" aria-labelledby="sync">
			<h2 id="sync">{t('tenant.syncTitle')}</h2>
			<p>
				{t(`tenant.sync_${state}`)}{' '}
				{finishedAt === null ? null : (
					<span className="muted">
						{t('tenant.lastRead')}: <Time at={finishedAt} />
					</span>
				)}
			</p>
			{trouble === null ? null : (
				<div className="notice notice-bad">
					<p>
						<Icon name="alarm" /> {t(`tenant.trouble_${trouble}`)}
					</p>
					<p className="small">
						{since === null ? null : said(since, code)}{' '}
						{againAt === null ? null : t('tenant.again', { date: format.instant(againAt) })}
					</p>
				</div>
			)}
			{methods === null ? null : (
				<div className="notice">
					<p>
						<Icon name="hourglass" /> <strong>{t('tenant.methodsTitle')}.</strong>{' '}
						{t(
							`tenant.methodsTrouble_${
								methods.trouble as 'forbidden' | 'unsupported' | 'throttled' | 'unavailable'
							}`,
						)}
					</p>
					<p className="small">{said(methods.since, methods.code)}</p>
				</div>
			)}
			{lacks.length === 0 ? null : (
				<div className="notice">
					<p>
						<strong>{t('tenant.lacksTitle')}.</strong>
					</p>
					<ul>
						{lacks.map((one) => (
							<li key={one}>{t(`tenant.lacks_${one}`)}</li>
						))}
					</ul>
				</div>
			)}
			<Form method="post">
				<Button look="plain">{t('tenant.syncNow')}</Button>
			</Form>
		</section>
	)
}
