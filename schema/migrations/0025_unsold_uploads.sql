-- Records of which nothing is sold any more, by their listing: few, and asked for beside every listing that is told to be tradable.
create index upload_unsold on app.upload (listing_id) where stopped_at is not null or erase_requested_at is not null;
