ALTER TABLE simulations ADD COLUMN theta double precision;

ALTER TABLE simulations ADD COLUMN collisions text DEFAULT 'none'::text NOT NULL;

ALTER TABLE simulations ADD COLUMN restitution double precision DEFAULT '1'::double precision NOT NULL;

ALTER TABLE simulations ADD COLUMN per_particle boolean DEFAULT false NOT NULL;

ALTER TABLE simulations ADD COLUMN merged integer DEFAULT '0'::integer NOT NULL;

ALTER TABLE simulations ADD COLUMN bounces integer DEFAULT '0'::integer NOT NULL;

ALTER TABLE simulations ADD COLUMN failure jsonb;

ALTER TABLE particles ADD COLUMN softening double precision DEFAULT '0'::double precision NOT NULL;

ALTER TABLE particles ADD COLUMN radius double precision DEFAULT '0'::double precision NOT NULL;

ALTER TABLE particles ADD COLUMN number integer DEFAULT '0'::integer NOT NULL;
